/**
 * Log files on the real disk. Rotation and the names of rotated files are `@logtape/file`'s; it is
 * given a batch of lines as one record and writes it at once.
 *
 * What it does not do is done here. Its driver takes no notice of a partial write, which is how a
 * full disk begins: the size is compared, and what was half written is taken back. A sink whose
 * rotation failed holds a closed file: any failure drops the sink, and the next write opens another.
 * A file that somebody removed or moved away is opened anew. A device or pipe is refused, since
 * rotation would rename it.
 */
import type { LogRecord, Sink } from "@logtape/logtape";
import type { LogFile, LogFileLimits, LogFiles } from "./log_files.ts";

type OpenSink = (path: string, limits: LogFileLimits) => Sink & Disposable;

/** What there is at `path`, or `undefined` when there is nothing. */
function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

class RotatingFile implements LogFile {
  readonly #path: string;
  readonly #limits: LogFileLimits;
  readonly #openSink: OpenSink;
  readonly #encoder = new TextEncoder();
  #sink: (Sink & Disposable) | undefined;
  #bytes = 0;

  constructor(path: string, limits: LogFileLimits, openSink: OpenSink) {
    this.#path = path;
    this.#limits = limits;
    this.#openSink = openSink;
    this.#open();
  }

  write(lines: string): void {
    let before = statOf(this.#path);
    if (this.#sink === undefined || before?.size !== this.#bytes) {
      this.#open();
      before = statOf(this.#path);
    }
    const addedBytes = this.#encoder.encode(lines).length;
    const isRotated = this.#bytes + addedBytes > this.#limits.maxFileBytes;
    const wantedBytes = isRotated ? addedBytes : this.#bytes + addedBytes;
    try {
      this.#sink?.(batchRecord(lines));
      this.#bytes = statOf(this.#path)?.size ?? 0;
      if (this.#bytes < wantedBytes) throw new Error("No space left on device");
    } catch (error) {
      this[Symbol.dispose]();
      this.#takeBack(before);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#sink?.[Symbol.dispose]();
    } catch {
      // It is closed already, or cannot be: either way it is not used any more.
    }
    this.#sink = undefined;
  }

  #open(): void {
    this[Symbol.dispose]();
    const separator = Deno.build.os === "windows" ? /[/\\][^/\\]*$/ : /\/[^/]*$/;
    const folder = this.#path.replace(separator, "");
    if (folder !== this.#path && folder !== "") Deno.mkdirSync(folder, { recursive: true });
    if (statOf(this.#path)?.isFile === false) throw new Error("it is not a regular file");
    this.#sink = this.#openSink(this.#path, this.#limits);
    this.#bytes = statOf(this.#path)?.size ?? 0;
  }

  /** Cuts off what was half written to the file, which may be another one than before. */
  #takeBack(before: Deno.FileInfo | undefined): void {
    try {
      const after = statOf(this.#path);
      const wholeBytes = after?.ino === before?.ino ? before?.size ?? 0 : 0;
      if ((after?.size ?? 0) > wholeBytes) Deno.truncateSync(this.#path, wholeBytes);
    } catch {
      // It cannot be read or cut: the next write says so.
    }
  }
}

/** Lines as one record, for a sink whose formatter takes them as they are. */
function batchRecord(lines: string): LogRecord {
  return {
    category: [],
    level: "info",
    message: [lines],
    rawMessage: lines,
    timestamp: 0,
    properties: {},
  };
}

function afterUnref(delayMs: number, run: () => void) {
  const id = setTimeout(run, delayMs);
  Deno.unrefTimer(id);
  return { cancel: () => clearTimeout(id) };
}

/** `unload` comes with `Deno.exit` and the normal end only; an uncaught error skips it. */
const ENDINGS = ["unload", "error", "unhandledrejection"] as const;

function atExit(run: () => void): Disposable {
  for (const ending of ENDINGS) globalThis.addEventListener(ending, run);
  return {
    [Symbol.dispose]() {
      for (const ending of ENDINGS) globalThis.removeEventListener(ending, run);
    },
  };
}

/** Log files on the real disk. Loads `@logtape/file`, which takes 20 to 45 ms. */
export async function realLogFiles(): Promise<LogFiles> {
  const { getRotatingFileSink } = await import("@logtape/file");
  const openSink: OpenSink = (path, { maxFileBytes, maxFiles }) =>
    getRotatingFileSink(path, {
      maxSize: maxFileBytes,
      maxFiles: maxFiles - 1, // it counts the older ones only
      bufferSize: 0,
      flushInterval: 0,
      formatter: (record) => String(record.rawMessage),
    });
  return {
    open: (path, limits) => new RotatingFile(path, limits, openSink),
    after: afterUnref,
    atExit,
  };
}
