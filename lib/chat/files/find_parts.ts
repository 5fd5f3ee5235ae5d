import type { FileAccess } from "./file_access.ts";
import { type LeftPart, lookAtPart } from "./look_at_part.ts";
import { JOURNAL_ENDING } from "./safe_file_name.ts";

/** A file that an earlier process has begun to receive. */
export interface FoundPart extends LeftPart {
  /** Without its ending. */
  readonly path: string;
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
    const left = await lookAtPart(files, path, receiver).catch(() => undefined);
    if (left !== undefined) found.push({ path, ...left });
  }
  return found;
}
