/** The journal of a job, in its output folder: what is done, on the disk before anyone uses it. */
import type { Folder, FolderFile } from "./folder.ts";
import {
  decodeJournal,
  encodeJournalLine,
  type JournalLine,
  type MapLine,
  type ReduceLine,
} from "./journal_line.ts";
import type { ReadJournal } from "./journal_line.ts";

/** Name of the journal in the output folder. */
export const JOURNAL_NAME = "_journal";

/** The journal cannot be gone on with: it is another job's, or there is none. */
export class JournalError extends Error {
  override name = "JournalError";
}

/** What a journal says, put together. */
export interface JournalState {
  readonly run: string;
  /** Epoch of the coordinator that wrote last. */
  readonly epoch: number;
  /** Newest winners, by task. */
  readonly maps: ReadonlyMap<number, MapLine>;
  readonly reduces: ReadonlyMap<number, ReduceLine>;
  readonly lost: ReadonlyMap<number, string>;
}

/** Reads the journal in `folder`. @returns `undefined`: there is none @throws {FolderError} */
export async function readJournal(folder: Folder): Promise<ReadJournal | undefined> {
  const reader = await folder.open(JOURNAL_NAME);
  if (reader === undefined) return undefined;
  try {
    return decodeJournal(await reader.read(0, reader.size));
  } finally {
    reader.close();
  }
}

/** Puts the lines of a journal together. @throws {JournalError} when it is another job's */
export function journalState(lines: readonly JournalLine[], fingerprint: string): JournalState {
  const [first] = lines;
  if (first?.type !== "job") {
    throw new JournalError("Cannot resume: the journal does not say of which job it is");
  }
  if (first.fingerprint !== fingerprint) {
    throw new JournalError(
      "Cannot resume: inputs, job or options are not what they were, or tram is of another version; " +
        "use another --output",
    );
  }
  let epoch = 0;
  const maps = new Map<number, MapLine>();
  const reduces = new Map<number, ReduceLine>();
  const lost = new Map<number, string>();
  for (const line of lines) {
    if (line.type === "epoch") epoch = line.epoch;
    if (line.type === "map") maps.set(line.task, line);
    if (line.type === "reduce") reduces.set(line.task, line);
    if (line.type === "lost") lost.set(line.task, line.message);
  }
  return { run: first.run, epoch, maps, reduces, lost };
}

/** Writes a journal. Lines that come while the disk is busy are written and synced together. */
export class Journal {
  readonly #file: FolderFile;
  #waiting: Uint8Array[] = [];
  #last: Promise<void> = Promise.resolve();

  /** @param file is at its end */
  constructor(file: FolderFile) {
    this.#file = file;
  }

  /** Resolves when the line is on the disk. @throws {FolderError} */
  add(line: JournalLine): Promise<void> {
    this.#waiting.push(encodeJournalLine(line));
    return this.#last = this.#last.then(() => this.#write());
  }

  /** Ends writing. */
  close(): void {
    this.#file.close();
  }

  async #write(): Promise<void> {
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    const bytes = new Uint8Array(lines.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const line of lines) {
      bytes.set(line, at);
      at += line.length;
    }
    await this.#file.write(bytes);
    await this.#file.sync();
  }
}
