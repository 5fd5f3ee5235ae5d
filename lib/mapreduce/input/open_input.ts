import { openHttp } from "./http_source.ts";
import type { Input } from "./input.ts";
import type { InputFiles } from "./input_files.ts";
import { InputError, type InputSource } from "./input_source.ts";

/**
 * Opens an input by its name, as the coordinator does. A file must have the size that it had, a thing
 * behind a URL must be what it was.
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
  if (source.size === input.size) return source;
  const { size } = source;
  await source[Symbol.asyncDispose]();
  throw new InputError("changed", `has changed: it had ${input.size} bytes, has ${size}`);
}
