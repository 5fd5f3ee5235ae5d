import type { FileAccess } from "./file_access.ts";
import type { Journal } from "./file_journal.ts";
import { PartFile } from "./part_file.ts";
import { JOURNAL_ENDING } from "./safe_file_name.ts";

/** A file that an earlier process has begun to receive. */
export interface FoundPart {
  /** Without its ending. */
  readonly path: string;
  readonly journal: Journal;
}

/** Looks for files in `folder` that an earlier process of `receiver` has begun to receive. */
export async function findParts(
  files: FileAccess,
  folder: string,
  receiver: string,
): Promise<FoundPart[]> {
  const found: FoundPart[] = [];
  for (const name of await files.list(folder)) {
    if (!name.endsWith(JOURNAL_ENDING)) continue;
    const path = `${folder}/${name.slice(0, -JOURNAL_ENDING.length)}`;
    const journal = await PartFile.look(files, path, receiver).catch(() => undefined);
    if (journal !== undefined) found.push({ path, journal });
  }
  return found;
}
