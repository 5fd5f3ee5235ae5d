/**
 * The journal of a file that is being received: lines of JSON, the first one says which file it is,
 * each other one that a chunk is on the disk. A chunk's line is written when the chunk is synced, so
 * what the journal says is there. A line without its end, or of another form, ends it. The last line
 * says that all of the file is there, before it gets its name: a journal with that line and without a
 * part is about a file that was received.
 */
import * as v from "valibot";
import { count, sha256, u32 } from "../schema_parts.ts";

/** Which file a journal is about. */
export interface JournalHead {
  /** The sender's key of the file. */
  readonly key: string;
  readonly author: number;
  readonly nick: string;
  /** Name as the sender gave it. */
  readonly name: string;
  readonly size: number;
  readonly chunkBytes: number;
  /** Who receives it: nobody else in this folder goes on with it. @default {whoever finds it} */
  readonly receiver?: string | undefined;
}

/** The end of a chunk of a file, to go on from. */
export interface ChunkMark {
  /** Of the chunk alone, as 64 hexadecimal digits. */
  readonly sha256: string;
  /** State of the hash of all so far, as hexadecimal digits. */
  readonly state: string;
}

/** What a journal says. */
export interface Journal {
  readonly head: JournalHead;
  /** Whole chunks that are there. */
  readonly chunks: number;
  /** The end of the last of them. */
  readonly last: ChunkMark | undefined;
  /** Length of what is sound, up to the last chunk: where the next one is written. */
  readonly goodBytes: number;
  /** Hash of all of it, which was compared with the sender's; missing: not all has come. */
  readonly whole: string | undefined;
}

const headSchema = v.object({
  journal: v.literal(1),
  key: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  author: u32,
  nick: v.string(),
  name: v.string(),
  size: count,
  chunkBytes: v.pipe(count, v.minValue(1)),
  receiver: v.optional(v.string()),
});
const chunkSchema = v.object({
  chunk: count,
  sha256,
  state: v.pipe(v.string(), v.regex(/^([0-9a-f]{2}){1,256}$/)),
});
const wholeSchema = v.object({ whole: sha256 });

const LINE_END = 10;

/** The first line. */
export function encodeJournalHead(head: JournalHead): Uint8Array {
  return encodeLine({ journal: 1, ...head });
}

/** The line of a chunk. @param chunk its number, from 1 */
export function encodeJournalChunk(chunk: number, mark: ChunkMark): Uint8Array {
  return encodeLine({ chunk, ...mark });
}

/** The line of a file that is there as it was sent. @param hash its SHA-256 */
export function encodeJournalWhole(hash: string): Uint8Array {
  return encodeLine({ whole: hash });
}

/** Reads a journal as far as it is sound. @returns `undefined` when it has no head */
export function parseJournal(bytes: Uint8Array): Journal | undefined {
  const first = lineAt(bytes, 0);
  const parsed = v.safeParse(headSchema, first?.value);
  if (first === undefined || !parsed.success) return undefined;
  const { journal: _, ...head } = parsed.output;
  let goodBytes = first.end;
  let chunks = 0;
  let last: ChunkMark | undefined;
  for (let line; (line = lineAt(bytes, goodBytes)) !== undefined; goodBytes = line.end) {
    const parsed = v.safeParse(chunkSchema, line.value);
    if (!parsed.success || parsed.output.chunk !== chunks + 1) break;
    if ((chunks + 1) * head.chunkBytes > head.size) break;
    chunks++;
    last = { sha256: parsed.output.sha256, state: parsed.output.state };
  }
  const whole = v.safeParse(wholeSchema, lineAt(bytes, goodBytes)?.value);
  const hasAllChunks = (chunks + 1) * head.chunkBytes > head.size;
  return {
    ...{ head, chunks, last, goodBytes },
    whole: hasAllChunks && whole.success ? whole.output.whole : undefined,
  };
}

function encodeLine(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

/** The line at `start`, or `undefined` when it has no end or is no JSON. */
function lineAt(bytes: Uint8Array, start: number): { value: unknown; end: number } | undefined {
  const end = bytes.indexOf(LINE_END, start);
  if (end < 0) return undefined;
  try {
    return {
      value: JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))),
      end: end + 1,
    };
  } catch {
    return undefined;
  }
}
