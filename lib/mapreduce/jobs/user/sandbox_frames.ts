/**
 * What a worker and its sandbox say to each other, in frames of `tram/1` over standard input and
 * output. One request at a time, each answered.
 *
 * ```text
 *  worker                               sandbox
 *  OPEN   head: name, source, limits  → READY  head: what the job has  |  BROKEN head: why
 *  MAP    head: records, their bytes  → DONE   head: failures…, pairs
 *  REDUCE head: pieces of groups      → DONE   head: failures…, pairs
 *                                       DIED   head: why; at any time, as the last frame
 *
 *  payload = headLength u32 BE | head, JSON | bytes
 * ```
 */

/** Kinds of frames. */
export const SandboxKind = {
  Open: 0x20,
  Map: 0x21,
  Reduce: 0x22,
  Ready: 0x30,
  Broken: 0x31,
  Done: 0x32,
  Died: 0x33,
} as const;

/** Largest frame: a record as large as they may be, and what belongs to it. */
export const MAX_SANDBOX_FRAME_BYTES = 80 * 1024 * 1024;

/** Most bytes that may be emitted at one request. */
export const MAX_EMITTED_BYTES = 32 * 1024 * 1024;

/** Longest head of an answer. */
export const MAX_ANSWER_HEAD_BYTES = 4 * 1024 * 1024;

/** Largest frame of an answer. */
export const MAX_ANSWER_FRAME_BYTES = MAX_EMITTED_BYTES + MAX_ANSWER_HEAD_BYTES + 64;

/** Most UTF-16 units of a message or a printed line in an answer. */
export const MAX_WHY_LENGTH = 2000;

/** Head of OPEN. */
export interface OpenHead {
  readonly name: string;
  /** JavaScript without imports of others. */
  readonly source: string;
  readonly memoryBytes: number;
}

/** Head of READY. */
export interface ReadyHead {
  /** `function`: the sandbox combines what a request emits. */
  readonly combine: "none" | "sum" | "function";
  readonly reduce: "none" | "sum" | "function";
}

/** Head of BROKEN and DIED. */
export interface WhyHead {
  readonly message: string;
}

/** Head of MAP; the bodies follow each other behind it. */
export interface MapHead {
  readonly inputs: readonly string[];
  readonly records: readonly {
    /** Place in `inputs`. */
    readonly i: number;
    /** Offset. */
    readonly o: number;
    /** Bytes of the body. */
    readonly n: number;
    /** Fields by name in lower case; lines have none. */
    readonly f?: Readonly<Record<string, string>>;
  }[];
}

/** Head of REDUCE; behind it come key and values of each piece. */
export interface ReduceHead {
  readonly pieces: readonly {
    /** Bytes of the key. */
    readonly k: number;
    /** Bytes of each value. */
    readonly v: readonly number[];
    /** Whether it is the first and the last piece of its group. */
    readonly first: boolean;
    readonly last: boolean;
  }[];
}

/** Head of DONE; behind it come pairs: `keyLength u32 | key | valueLength u32 | value`. */
export interface DoneHead {
  /** Records or pieces for which the job threw; they have no pairs. */
  readonly failures: readonly { readonly at: number; readonly message: string }[];
  /** More was emitted than may be: there are no pairs at all. */
  readonly isTooMuch: boolean;
  readonly counts: Readonly<Record<string, number>>;
  /** What the job wrote to the console: the last lines, and how many there were. */
  readonly printed: readonly string[];
  readonly printedLines: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Puts a payload together. */
export function packPayload(
  head: unknown,
  parts: readonly Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(JSON.stringify(head));
  let size = 4 + text.length;
  for (const part of parts) size += part.length;
  const payload = new Uint8Array(size);
  new DataView(payload.buffer).setUint32(0, text.length);
  payload.set(text, 4);
  let at = 4 + text.length;
  for (const part of parts) {
    payload.set(part, at);
    at += part.length;
  }
  return payload;
}

/** Takes a payload apart; `bytes` is a view. @throws {RangeError | SyntaxError} when it is none */
export function unpackPayload(
  payload: Uint8Array,
  maxHeadBytes = MAX_SANDBOX_FRAME_BYTES,
): { readonly head: unknown; readonly bytes: Uint8Array } {
  const { buffer, byteOffset, length } = payload;
  const size = new DataView(buffer, byteOffset, length).getUint32(0);
  if (4 + size > length) throw new RangeError("The head is cut");
  if (size > maxHeadBytes) throw new RangeError(`The head has ${size} bytes`);
  return {
    head: JSON.parse(decoder.decode(payload.subarray(4, 4 + size))),
    bytes: payload.subarray(4 + size),
  };
}
