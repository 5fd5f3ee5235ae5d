import type { FileAccess } from "./file_access.ts";
import type { Journal } from "./file_journal.ts";
import { isNamed } from "./is_named.ts";
import { PartFile } from "./part_file.ts";
import { type JournalContent, readJournal } from "./read_journal.ts";
import { JOURNAL_ENDING, PART_ENDING } from "./safe_file_name.ts";

/** What an earlier process has left of a file. */
export interface LeftPart {
  readonly journal: Journal;
  /** The file was received, and has its name: only its journal is of use, until that is noted. */
  readonly isReceived: boolean;
}

/**
 * What an earlier process has left of a file. What is of no use to anybody, a journal without a line or
 * without its part, is taken away; but not one that says that the file was received.
 *
 * @param path without the ending
 * @param receiver who looks: what is another's may be in use, and is left alone
 * @returns `undefined` when there is nothing to know
 */
export async function lookAtPart(
  files: FileAccess,
  path: string,
  receiver?: string,
): Promise<LeftPart | undefined> {
  let content: JournalContent;
  {
    using file = await files.openToWrite(`${path}${JOURNAL_ENDING}`);
    if (file === undefined) return undefined;
    content = await readJournal(file);
    const { hasLine, journal } = content;
    const { receiver: owner = receiver } = journal?.head ?? {};
    if (owner !== receiver) return undefined;
    using part = await files.openToWrite(`${path}${PART_ENDING}`);
    const hasName = part !== undefined && journal !== undefined &&
      await isNamed(part, journal.head);
    if (part !== undefined && hasLine && !hasName) {
      return journal && { journal, isReceived: false };
    }
    if (journal?.whole !== undefined) return { journal, isReceived: true };
  }
  // With a line, and no part of its own: it was taken away. Without one: nothing has come yet.
  await PartFile.remove(files, path);
  return undefined;
}
