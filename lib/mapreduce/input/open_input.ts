import { openHttp } from "./http_source.ts";
import { identityOf } from "./identity_of.ts";
import type { Input } from "./input.ts";
import type { InputFiles } from "./input_files.ts";
import { InputError, type InputSource } from "./input_source.ts";

/**
 * Opens an input by its name, as the coordinator does. A file must have the size and the ends that it
 * had, a thing behind a URL must be what it was.
 *
 * @throws {InputError}
 */
export async function openInput(
  input: Pick<Input, "name" | "kind" | "size" | "identity">,
  files: InputFiles,
  signal?: AbortSignal,
): Promise<InputSource> {
  const abort = signal === undefined ? {} : { signal };
  if (input.kind === "url") {
    return await openHttp(input.name, files, { expected: input, ...abort });
  }
  const source = await files.open(input.name);
  try {
    await checkSame(source, input, signal);
    return source;
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

/** Compares the size and both ends: what is written in place has the same size. */
async function checkSame(
  source: InputSource,
  { size, identity }: Pick<Input, "size" | "identity">,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (source.size !== size) {
    throw new InputError("changed", `has changed: it had ${size} bytes, has ${source.size}`);
  }
  if (identity.kind !== "hashes") return;
  const { head, tail } = await identityOf(source, signal === undefined ? {} : { signal });
  if (head === identity.head && tail === identity.tail) return;
  throw new InputError("changed", "has changed: it has other bytes than it had");
}
