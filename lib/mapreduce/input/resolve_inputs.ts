import { expandInputs, type InputName } from "./expand_inputs.ts";
import { FORMAT_BYTES, formatOf } from "./format_of.ts";
import { openHttp } from "./http_source.ts";
import { identityOf } from "./identity_of.ts";
import type { Input } from "./input.ts";
import type { InputFiles } from "./input_files.ts";
import { InputError } from "./input_source.ts";

/** Options of {@linkcode resolveInputs}. */
export interface ResolveOptions {
  /** Tell files from others by all of their bytes, not only both ends. @default {false} */
  readonly isWhole?: boolean;
  readonly signal?: AbortSignal;
}

/** Inputs that are looked at at the same time. */
const AT_ONCE = 8;

/**
 * Finds out what is meant by what stands on the command line: files, folders (all `*.wet`, `*.warc`,
 * `*.txt`, `*.gz` in them and below), patterns, `@LIST`, and URLs.
 *
 * @throws {Error} of one line, when one of them means nothing or cannot be read
 */
export async function resolveInputs(
  args: readonly string[],
  files: InputFiles,
  options: ResolveOptions = {},
): Promise<readonly Input[]> {
  const names = await expandInputs(args, files);
  const inputs: Input[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    options.signal?.throwIfAborted();
    const some = names.slice(at, at + AT_ONCE);
    inputs.push(...await Promise.all(some.map((name, i) => look(name, at + i, files, options))));
  }
  return inputs;
}

async function look(
  { kind, name }: InputName,
  number: number,
  files: InputFiles,
  options: ResolveOptions,
): Promise<Input> {
  try {
    const abort = options.signal === undefined ? {} : { signal: options.signal };
    if (kind === "url") {
      await using source = await openHttp(name, files, abort);
      const head = await source.read(0, FORMAT_BYTES, options.signal);
      const { size, identity } = source;
      return { number, kind, name, size, ...formatOf(name, head), identity };
    }
    await using source = await files.open(name);
    const identity = await identityOf(source, options);
    const head = await source.read(0, FORMAT_BYTES, options.signal);
    return { number, kind, name, size: source.size, ...formatOf(name, head), identity };
  } catch (error) {
    if (options.signal?.aborted || !(error instanceof InputError)) throw error;
    throw new Error(`Cannot use the input ${name}: it ${error.message}`, { cause: error });
  }
}
