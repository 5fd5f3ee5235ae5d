/** The vectors in `tests/vectors`, with types, and bytes to and from their hexadecimal digits. */
// @ts-types="../../lib/types/std_hex.d.ts"
import { decodeHex, encodeHex } from "@std/encoding/hex";
import { MAX_FRAME_BYTES } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import chat from "../vectors/chat.json" with { type: "json" };
import collect from "../vectors/collect.json" with { type: "json" };
import errors from "../vectors/errors.json" with { type: "json" };
import frames from "../vectors/frames.json" with { type: "json" };
import handshake from "../vectors/handshake.json" with { type: "json" };
import mapreduce from "../vectors/mapreduce.json" with { type: "json" };
import timer from "../vectors/timer.json" with { type: "json" };

export { decodeHex, encodeHex };

/** A frame in each form. */
export interface FrameVector {
  readonly name: string;
  readonly kind: number;
  readonly payload: string;
  readonly frame: string;
  /** What a receiver understands; bytes are hexadecimal. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Whether encoding the value gives this very frame. @default {true} */
  readonly canonical?: boolean;
}

/** A handshake with all that goes into it and comes out. */
export interface HandshakeVector {
  readonly name: string;
  readonly client: {
    readonly service: string;
    readonly clientId: string;
    readonly nonce: string;
    readonly token: { readonly name: string; readonly secret: string } | null;
    readonly session: { readonly id: string; readonly cookie: string } | null;
  };
  readonly server: {
    readonly nonce: string;
    readonly tokenRequired: boolean;
    readonly heartbeatMs: number;
    readonly maxFrameBytes: number;
    readonly bulkCreditBytes: number;
    readonly keepsSessions: boolean;
    /** Id that a new session gets. */
    readonly newSession: string;
    /** Cookie that a new session gets when there is no token to derive it from. */
    readonly randomCookie: string | null;
    /** Highest sequence that was applied for the session that is resumed. */
    readonly highestSequence: string;
  };
  /** Whole frames. */
  readonly hello: string;
  readonly challenge: string;
  readonly proof: string;
  readonly welcome: string;
  readonly th: string;
  readonly clientProof: string | null;
  readonly resumeProof: string | null;
  readonly serverProof: string | null;
  /** Cookie of the session afterwards. */
  readonly cookie: string | null;
}

/** What a server of `timer` does after a connection was opened at `openNs` of its clock. */
export interface TimerExchange {
  readonly name: string;
  readonly openNs: number;
  readonly steps: readonly TimerStep[];
}

/** At `atNs` the server handles a request, or without one only looks whether it still runs. */
export interface TimerStep {
  readonly atNs: number;
  /** Names of vectors. */
  readonly request?: string;
  readonly answers?: readonly string[];
}

/** What a server of `collect` answers in a session, and what it knows of it afterwards. */
export interface CollectExchange {
  readonly name: string;
  /** Where it is 3, the frame `samples` was stored in the session. */
  readonly highestSequence: number;
  readonly steps: readonly {
    readonly atUs: number;
    /** Names of vectors. */
    readonly receives: string;
    readonly sends: readonly string[];
  }[];
  readonly after: Readonly<Record<string, number | boolean>>;
}

/** What a side of `collect` reads; whether it is refused depends on the list that it is in. */
export interface CollectStream {
  readonly name: string;
  readonly at: string;
  readonly stream: readonly StreamPart[];
  /** Whether the server commits what it gets. @default {true} */
  readonly commits?: boolean;
}

/** Entries, and the run that they make. */
export interface RunVector {
  readonly name: string;
  /** Bytes of payload from which on a block ends. */
  readonly blockBytes: number;
  readonly entries: readonly { readonly key: string; readonly value: string }[];
  readonly bytes: string;
  /** What MAP_DONE says of it. */
  readonly records: number;
  readonly crc32: number;
}

/** Hexadecimal digits, once or many times. */
export type StreamPart = string | { readonly hex: string; readonly times: number };

/** A stream that must be refused. */
export interface RefusedVector {
  readonly name: string;
  readonly at: string;
  readonly code: string;
  readonly stream: readonly StreamPart[];
  readonly token?: string;
  /** The session that the client resumes. */
  readonly session?: { readonly id: string; readonly cookie: string };
  readonly keepsSessions?: boolean;
  readonly bulkCreditBytes?: number;
}

/** A stream that must not be refused. */
export interface ToleratedVector {
  readonly name: string;
  readonly stream: readonly StreamPart[];
}

export const FRAMES: readonly FrameVector[] = frames.frames;
export const HANDSHAKES: readonly HandshakeVector[] = handshake.cases;
export const TIMER_FRAMES: readonly FrameVector[] = timer.frames;
export const TIMER_EXCHANGES: readonly TimerExchange[] = timer.exchanges;
export const TIMER: Pick<typeof timer, "ids"> = timer;
export const COLLECT_FRAMES: readonly FrameVector[] = collect.frames;
export const COLLECT_EXCHANGES: readonly CollectExchange[] = collect.exchanges;
export const COLLECT_REFUSED: readonly (CollectStream & { readonly code: string })[] =
  collect.refused;
export const COLLECT_TOLERATED: readonly CollectStream[] = collect.tolerated;
export const CHAT_FRAMES: readonly Omit<FrameVector, "value" | "canonical">[] = chat.frames;
/** What the frames of `chat` mean, in the same order. */
export const CHAT_VALUES: readonly unknown[] = chat.frames.map(({ value }) => value);
export const MAPREDUCE_FRAMES: typeof CHAT_FRAMES = mapreduce.frames;
/** What the frames of `mapreduce` mean, in the same order. */
export const MAPREDUCE_VALUES: readonly unknown[] = mapreduce.frames.map(({ value }) => value);
export const SHUFFLE_FRAMES: typeof CHAT_FRAMES = mapreduce.shuffle;
/** What the frames of `shuffle` mean, in the same order. */
export const SHUFFLE_VALUES: readonly unknown[] = mapreduce.shuffle.map(({ value }) => value);
/** Runs, and what must be found to be none, hashes of keys, lines of output. */
export const MAPREDUCE: Pick<typeof mapreduce, "refusedRuns" | "keys" | "lines"> & {
  readonly runs: readonly RunVector[];
} = mapreduce;
export const REFUSED: readonly RefusedVector[] = errors.refused;
export const TOLERATED: readonly ToleratedVector[] = errors.tolerated;

/** The one of `all` that is called `name`. @throws {RangeError} when there is none */
export function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw new RangeError(`Cannot find a vector called "${name}"`);
  return found;
}

/** The bytes of a stream. */
export function streamBytes(parts: readonly StreamPart[]): Uint8Array<ArrayBuffer> {
  return decodeHex(
    parts.map((part) => typeof part === "string" ? part : part.hex.repeat(part.times)).join(""),
  );
}

/** A decoder that takes frames of `maxFrameBytes`. */
export function newDecoder(maxFrameBytes = MAX_FRAME_BYTES): FrameDecoder {
  return new FrameDecoder({ maxFrameBytes, budget: new MemoryBudget(1024 * 1024) });
}
