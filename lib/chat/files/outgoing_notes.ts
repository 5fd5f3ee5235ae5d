/**
 * What the sender notes of the files that it sends, so that after a restart it goes on without
 * reading them again: which files, and the hash at the ends of the last chunks. Notes are never
 * forgotten, so there is a fixed number of names.
 */
import * as v from "valibot";
import { count, sha256 } from "../schema_parts.ts";
import { messageOf } from "./exchange_parts.ts";
import type { FileNotes } from "./file_notes.ts";
import type { ChunkMark } from "./file_journal.ts";
import type { SentFile } from "./outgoing_file.ts";

/** Files that can be noted at once; as many as a server lets one offer, and some. */
const MAX_SLOTS = 64;
/** Ends of chunks that are noted of each. */
const MAX_MARKS = 64;

const fileSchema = v.object({
  key: v.string(),
  path: v.string(),
  to: v.string(),
  name: v.string(),
  size: count,
  mtimeMs: v.number(),
  nicks: v.array(v.string()),
});
const markSchema = v.object({
  key: v.string(),
  chunk: count,
  sha256,
  state: v.pipe(v.string(), v.regex(/^([0-9a-f]{2}){1,256}$/)),
});

/** What the sender notes. */
export class OutgoingNotes {
  readonly #notes: FileNotes;
  readonly #taken = new Set<number>();

  constructor(notes: FileNotes) {
    this.#notes = notes;
  }

  /** What an earlier process has left; its slots are taken. */
  load(): { readonly slot: number; readonly file: SentFile }[] {
    const found: { slot: number; file: SentFile }[] = [];
    for (let slot = 0; slot < MAX_SLOTS; slot++) {
      const file = this.#parse(fileSchema, fileNote(slot));
      if (file === undefined) continue;
      this.#taken.add(slot);
      found.push({ slot, file });
    }
    return found;
  }

  /** Ends of chunks of a file that an earlier process has left. */
  marks(slot: number, key: string): Map<number, ChunkMark> {
    const marks = new Map<number, ChunkMark>();
    for (let index = 0; index < MAX_MARKS; index++) {
      const mark = this.#parse(markSchema, markNote(slot, index));
      if (mark?.key === key) marks.set(mark.chunk, { sha256: mark.sha256, state: mark.state });
    }
    return marks;
  }

  /**
   * Notes one more file, durably.
   *
   * @returns its slot
   * @throws {Error} one line: all slots are taken, or it cannot be kept
   */
  async add(file: SentFile): Promise<number> {
    const slot = this.#newSlot();
    this.note(slot, file);
    try {
      await this.#notes.sync?.();
    } catch (error) {
      this.forget(slot);
      throw new Error(`Cannot send ${file.path}: ${messageOf(error)}`, { cause: error });
    }
    return slot;
  }

  /** Notes what has changed of a file. */
  note(slot: number, file: SentFile): void {
    this.#notes.note(fileNote(slot), JSON.stringify(file));
  }

  /** Notes the end of a chunk; of those before only the last stay. */
  noteMark(slot: number, key: string, chunk: number, mark: ChunkMark): void {
    const { sha256, state } = mark;
    const note = JSON.stringify({ key, chunk, sha256, state });
    this.#notes.note(markNote(slot, chunk % MAX_MARKS), note);
  }

  /** Gives a slot back. */
  forget(slot: number): void {
    this.#taken.delete(slot);
    const names = [fileNote(slot)];
    for (let index = 0; index < MAX_MARKS; index++) names.push(markNote(slot, index));
    for (const name of names) if (this.#notes.notes.has(name)) this.#notes.note(name, "");
  }

  #newSlot(): number {
    for (let slot = 0; slot < MAX_SLOTS; slot++) {
      if (this.#taken.has(slot)) continue;
      this.#taken.add(slot);
      return slot;
    }
    throw new Error(`Cannot send more than ${MAX_SLOTS} files at once; cancel one`);
  }

  #parse<T>(schema: v.GenericSchema<unknown, T>, name: string): T | undefined {
    const text = this.#notes.notes.get(name);
    try {
      return text === undefined || text === "" ? undefined : v.parse(schema, JSON.parse(text));
    } catch {
      return undefined; // of another version
    }
  }
}

const fileNote = (slot: number) => `sent:${slot}`;
const markNote = (slot: number, index: number) => `sent:${slot}:${index}`;
