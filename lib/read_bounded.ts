import { concat } from "@std/bytes/concat";
import { formatBytes } from "./terminal/format_bytes.ts";

const CHUNK_BYTES = 256 * 1024;

/** What another process may hand over by such a name: `--token-file <(pass room)`. */
const HANDED_OVER = /^\/(dev\/(fd\/\d+|std(in|out|err)|null)|proc\/self\/fd\/\d+)$/;

/**
 * Whether something can be read or written as a file is: it is one, or a pipe that was handed over to
 * this process. To open a pipe that has a name of its own would wait for whoever opens its other end,
 * and a device may have no end.
 */
export function isLikeFile({ isFile }: Pick<Deno.FileInfo, "isFile">, path: string): boolean {
  return isFile || HANDED_OVER.test(path);
}

/** Waits for `promise`, but no longer than until the signal. @throws the signal's reason */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Options of {@linkcode readBounded}. */
export interface ReadBoundedOptions {
  /** Most that there may be. */
  readonly maxBytes: number;
  /** Ends waiting for another process. */
  readonly signal: AbortSignal;
  /** Throws when a file, which is open by then, must not be used. */
  readonly check?: (info: Deno.FileInfo) => void;
}

/**
 * The text of a file, or of a pipe that was handed over to this process.
 *
 * @throws {Deno.errors.NotFound} when there is no such file
 * @throws {Error} when it is something else, holds more than `maxBytes`, or cannot be read
 * @throws the signal's reason when it comes first
 */
export async function readBounded(
  path: string,
  { maxBytes, signal, check }: ReadBoundedOptions,
): Promise<string> {
  const info = await Deno.stat(path);
  if (!isLikeFile(info, path)) {
    throw new Error(info.isDirectory ? "it is a folder" : "it is no file");
  }
  const tooLarge = () => new Error(`it is larger than ${formatBytes(maxBytes)}`);
  if (info.size > maxBytes) throw tooLarge();
  using file = await orAborted(Deno.open(path), signal);
  check?.(await file.stat());
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let bytes = 0;;) {
    const count = await orAborted(file.read(buffer), signal);
    if (count === null) return new TextDecoder().decode(concat(parts));
    bytes += count;
    if (bytes > maxBytes) throw tooLarge();
    parts.push(buffer.slice(0, count));
  }
}
