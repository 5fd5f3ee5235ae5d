import type { InputFiles } from "./input_files.ts";

/** Most bytes of a list. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** Text of a file that is a list of inputs. @throws {Error} */
export async function textOfList(path: string, files: InputFiles): Promise<string> {
  try {
    await using source = await files.open(path);
    if (source.size > MAX_TEXT_BYTES) {
      throw new Error(`is larger than ${MAX_TEXT_BYTES / 2 ** 20} MiB`);
    }
    return new TextDecoder().decode(await source.read(0, source.size));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot use the list ${path}: it ${message}`, { cause: error });
  }
}
