/**
 * A file that is being received: `NAME.tram-part`, and beside it the journal that says what of it is
 * there for good. What has come after the last whole chunk is not relied on.
 */
import type { FileEnd } from "../file_messages.ts";
import type { FileAccess, OpenFile } from "./file_access.ts";
import { FileHash } from "./file_hash.ts";
import {
  type ChunkMark,
  encodeJournalChunk,
  encodeJournalHead,
  encodeJournalWhole,
  type JournalHead,
} from "./file_journal.ts";
import { isNamed } from "./is_named.ts";
import { numberedName } from "./numbered_name.ts";
import { readJournal } from "./read_journal.ts";
import { JOURNAL_ENDING, PART_ENDING, safeFileName } from "./safe_file_name.ts";

/** Names that are tried before giving up. */
const MAX_NAMES = 10_000;

/** The bytes that came are not the file that was sent. */
export class MismatchError extends Error {
  override readonly name = "MismatchError";
}

/** A file that is being received. */
export class PartFile {
  readonly head: JournalHead;
  /** Without its ending. */
  readonly #path: string;
  readonly #files: FileAccess;
  readonly #part: OpenFile;
  readonly #journal: OpenFile;
  readonly #hash: FileHash;
  #journalBytes: number;
  #bytes: number;
  #last: ChunkMark | undefined;
  #saving: Promise<void> = Promise.resolve();

  private constructor(files: FileAccess, path: string, parts: PartFileParts) {
    this.#files = files;
    this.#path = path;
    this.head = parts.head;
    this.#part = parts.part;
    this.#journal = parts.journal;
    this.#hash = parts.hash;
    this.#journalBytes = parts.journalBytes;
    this.#bytes = parts.bytes;
    this.#last = parts.last;
  }

  /** Makes one in `folder`, under a safe name that nothing has. @throws {Error} one line */
  static async create(files: FileAccess, folder: string, head: JournalHead): Promise<PartFile> {
    const name = safeFileName(head.name);
    for (let number = 1; number <= MAX_NAMES; number++) {
      const path = `${folder}/${numberedName(name, number)}`;
      const journal = await createJournal(files, path, head);
      if (journal === undefined) continue;
      try {
        const part = await files.create(`${path}${PART_ENDING}`);
        if (part !== undefined) {
          const hash = await FileHash.begin();
          const journalBytes = encodeJournalHead(head).length;
          const start = { head, part, journal, hash, journalBytes, bytes: 0, last: undefined };
          return new PartFile(files, path, start);
        }
      } catch (error) {
        journal[Symbol.dispose]();
        throw error;
      }
      journal[Symbol.dispose]();
      await files.remove(`${path}${JOURNAL_ENDING}`); // its part is none of ours
    }
    throw new Error(`Cannot write ${folder}/${name}: ${MAX_NAMES} names like it are taken`);
  }

  /** Opens one to go on after its last whole chunk. @returns `undefined` when it is of no use */
  static async resume(files: FileAccess, path: string): Promise<PartFile | undefined> {
    const journal = await files.openToWrite(`${path}${JOURNAL_ENDING}`);
    if (journal === undefined) return undefined;
    const part = await files.openToWrite(`${path}${PART_ENDING}`).catch((error) => {
      journal[Symbol.dispose]();
      throw error;
    });
    try {
      const { journal: content } = await readJournal(journal);
      if (part === undefined || content === undefined || await isNamed(part, content.head)) {
        part?.[Symbol.dispose]();
        journal[Symbol.dispose]();
        return undefined;
      }
      const { head } = content;
      let { chunks, last, goodBytes: journalBytes } = content;
      let hash: FileHash | undefined;
      if (chunks * head.chunkBytes <= (await part.info()).size) {
        // A state that another version of tram has kept may be of no use.
        hash = await FileHash.begin(last?.state).catch(() => undefined);
      }
      if (hash === undefined) {
        const line = encodeJournalHead(head);
        await journal.writeAt(0, line);
        [chunks, last, journalBytes] = [0, undefined, line.length];
        hash = await FileHash.begin();
      }
      await journal.truncate(journalBytes);
      const bytes = chunks * head.chunkBytes;
      await part.truncate(bytes);
      return new PartFile(files, path, { head, part, journal, hash, journalBytes, bytes, last });
    } catch (error) {
      part?.[Symbol.dispose]();
      journal[Symbol.dispose]();
      throw error;
    }
  }

  /** Takes the file and its journal away. */
  static async remove(files: FileAccess, path: string): Promise<void> {
    await files.remove(`${path}${PART_ENDING}`);
    await files.remove(`${path}${JOURNAL_ENDING}`);
  }

  /** Path without the ending: what `resume` and `remove` take. */
  get path(): string {
    return this.#path;
  }

  /** Bytes that are written. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The end of the chunk before {@linkcode bytes}, right after it was opened. */
  get last(): ChunkMark | undefined {
    return this.#last;
  }

  /** Adds bytes, which must not change until it resolves. @throws {Error} one line: it cannot be written */
  async write(bytes: Uint8Array): Promise<void> {
    const { chunkBytes } = this.head;
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + chunkBytes - this.#bytes % chunkBytes);
      const written = this.#part.writeAt(this.#bytes, piece);
      this.#hash.update(piece); // while the disk has its turn
      await written;
      at += piece.length;
      this.#bytes += piece.length;
      if (this.#bytes % chunkBytes !== 0) continue;
      const mark = this.#hash.endChunk();
      await this.#saving;
      this.#saving = this.#save(this.#bytes / chunkBytes, mark);
      this.#saving.catch(() => {}); // shows when it is waited for
    }
  }

  /**
   * Checks that all is there, and gives it its name.
   *
   * @returns its path
   * @throws {MismatchError} when it is not what was sent
   * @throws {Error} one line: it cannot be written
   */
  async finish({ size, sha256 }: FileEnd): Promise<string> {
    await this.#saving;
    const { head } = this;
    if (size !== head.size || this.#bytes !== size) {
      throw new MismatchError(`Cannot take ${head.name}: ${this.#bytes} bytes came of ${size}`);
    }
    const own = this.#hash.end();
    if (own !== sha256) {
      throw new MismatchError(`Cannot take ${head.name}: SHA-256 is ${own}, wanted ${sha256}`);
    }
    await Promise.all([this.#part.sync(), this.#noteWhole(sha256)]);
    this.#part[Symbol.dispose](); // Windows renames nothing that is open
    try {
      return await this.#giveName();
    } catch (error) {
      await this.#journal.truncate(this.#journalBytes).catch(() => {}); // it has no name
      throw error;
    }
  }

  /** Lets go of it; it can be resumed, unless it has its name. */
  async close(): Promise<void> {
    await this.#saving.catch(() => {});
    this.#part[Symbol.dispose]();
    this.#journal[Symbol.dispose]();
  }

  /** Notes a chunk: only when it is on the disk. */
  async #save(chunk: number, mark: ChunkMark): Promise<void> {
    // The lines before this one become durable with it: a lost line costs a chunk, no more.
    await Promise.all([this.#part.sync(), this.#journal.sync()]);
    const line = encodeJournalChunk(chunk, mark);
    await this.#journal.writeAt(this.#journalBytes, line);
    this.#journalBytes += line.length;
  }

  /** Whoever finds the journal without its part knows by this that the file was received. */
  async #noteWhole(sha256: string): Promise<void> {
    await this.#journal.writeAt(this.#journalBytes, encodeJournalWhole(sha256));
    await this.#journal.sync();
  }

  async #giveName(): Promise<string> {
    const folder = this.#path.slice(0, this.#path.lastIndexOf("/"));
    const name = safeFileName(this.head.name);
    for (let number = 1; number <= MAX_NAMES; number++) {
      const path = `${folder}/${numberedName(name, number)}`;
      if (await this.#files.renameToNew(`${this.#path}${PART_ENDING}`, path)) return path;
    }
    throw new Error(`Cannot name ${this.#path}: ${MAX_NAMES} names like it are taken`);
  }
}

/** Makes a journal, durable before there is a part. @returns `undefined` when the name is taken */
async function createJournal(
  files: FileAccess,
  path: string,
  head: JournalHead,
): Promise<OpenFile | undefined> {
  const journal = await files.create(`${path}${JOURNAL_ENDING}`);
  try {
    await journal?.writeAt(0, encodeJournalHead(head));
    await journal?.sync();
  } catch (error) {
    journal?.[Symbol.dispose]();
    await files.remove(`${path}${JOURNAL_ENDING}`).catch(() => {});
    throw error;
  }
  return journal;
}

interface PartFileParts {
  readonly head: JournalHead;
  readonly part: OpenFile;
  readonly journal: OpenFile;
  readonly hash: FileHash;
  readonly journalBytes: number;
  readonly bytes: number;
  readonly last: ChunkMark | undefined;
}
