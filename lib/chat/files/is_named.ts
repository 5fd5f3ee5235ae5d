import type { OpenFile } from "./file_access.ts";
import type { JournalHead } from "./file_journal.ts";

/**
 * Whether a part is whole and has its name besides: a kill came between the two steps of a renaming.
 * It must not be written to any more.
 */
export async function isNamed(part: OpenFile, { size }: JournalHead): Promise<boolean> {
  const info = await part.info();
  return info.links > 1 && info.size === size;
}
