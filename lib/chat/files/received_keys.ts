import * as v from "valibot";
import { count, sha256, u32 } from "../schema_parts.ts";
import type { FileNotes } from "./file_notes.ts";

/** Files that are remembered through restarts. */
const MAX_NOTED = 32;
/** Files that are remembered in this process. */
const MAX_KNOWN = 1024;

const receivedSchema = v.object({
  key: v.string(),
  author: u32,
  size: count,
  /** Empty: it was not wanted. */
  sha256: v.union([v.literal(""), sha256]),
});
const noteSchema = v.object({
  ...receivedSchema.entries,
  /** Of the note, from 1: the oldest one is written over. */
  number: v.optional(count, 0),
});
/** A file that is not to be asked about again. */
export type ReceivedKey = v.InferOutput<typeof receivedSchema>;

/**
 * Files that were received, or not wanted: the sender offers them again when it does not know that,
 * because a line was lost at the wrong moment.
 */
export class ReceivedKeys {
  readonly #notes: FileNotes;
  readonly #known = new Map<string, ReceivedKey>();
  #lastNumber = 0;

  /** Those that an earlier process has noted. */
  constructor(notes: FileNotes) {
    this.#notes = notes;
    for (let index = 0; index < MAX_NOTED; index++) {
      const noted = parseNote(notes.notes.get(noteName(index)));
      if (noted === undefined) continue;
      const { number, ...received } = noted;
      this.#known.set(received.key, received);
      this.#lastNumber = Math.max(this.#lastNumber, number);
    }
  }

  /** What is remembered of a file. */
  get(key: string, author: number): ReceivedKey | undefined {
    const known = this.#known.get(key);
    return known?.author === author ? known : undefined;
  }

  /** Remembers a file. */
  add(received: ReceivedKey): void {
    this.#known.set(received.key, received);
    const number = ++this.#lastNumber;
    this.#notes.note(noteName(number % MAX_NOTED), JSON.stringify({ ...received, number }));
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN) break;
      this.#known.delete(oldest);
    }
  }
}

const noteName = (index: number) => `received:${index}`;

function parseNote(text: string | undefined): v.InferOutput<typeof noteSchema> | undefined {
  try {
    return text === undefined ? undefined : v.parse(noteSchema, JSON.parse(text));
  } catch {
    return undefined; // of another version
  }
}
