import type { OpenFile } from "./file_access.ts";
import { type Journal, parseJournal } from "./file_journal.ts";

/** Most bytes of a journal: a file of 16 TiB has one of that size. */
const MAX_JOURNAL_BYTES = 2 ** 31;

const LINE_END = 10;

/** What is in a file that should be a journal. */
export interface JournalContent {
  /** Whether there is a line at all; it may be one of a newer tram. */
  readonly hasLine: boolean;
  readonly journal: Journal | undefined;
}

/** Reads a journal that is open. @throws {Error} one line: it cannot be read */
export async function readJournal(file: OpenFile): Promise<JournalContent> {
  const { size } = await file.info();
  if (size > MAX_JOURNAL_BYTES) return { hasLine: true, journal: undefined };
  const buffer = new Uint8Array(size);
  const bytes = buffer.subarray(0, await file.readAt(0, buffer));
  return { hasLine: bytes.includes(LINE_END), journal: parseJournal(bytes) };
}
