/** What a connection is made of and what it tells of itself. */
import type { Clock } from "../clock/clock.ts";
import type { FrameDecoder } from "./frame_decoder.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { ByteStream } from "./network.ts";
import type { Kinds, Service } from "./service.ts";

/** What the handshake settled. */
export interface ConnectionTerms {
  /** Id of the client's end. */
  readonly clientId: string;
  /** Name of the token that opened the door; empty without one. */
  readonly tokenName: string;
  /** Id of the session, 32 hexadecimal digits. */
  readonly session: string;
  /** Whether the session goes on from an earlier connection. */
  readonly resumed: boolean;
  /** Highest sequence of the session that the server had applied. */
  readonly highestSequence: bigint;
  /** Time between two signs of life, in milliseconds. */
  readonly heartbeatMs: number;
  /** Largest N. */
  readonly maxFrameBytes: number;
  /** Credit for bulk frames that each end had at the start, in bytes on the wire. */
  readonly bulkCreditBytes: number;
}

/** Counters of a connection since its start. */
export interface ConnectionStats {
  /** Frames of all kinds, the line's own included. */
  readonly framesReceived: number;
  /** Bytes of all kinds. */
  readonly bytesReceived: number;
  /** Frames of the service that were accepted for sending. */
  readonly framesSent: number;
  /** Bytes of the service's frames that the stream took. */
  readonly bytesSent: number;
  /** Bytes of the service's frames that wait to be written. */
  readonly bytesQueued: number;
  /** Writes to the stream. */
  readonly writes: number;
  /** Frames that found a full lane whose policy is `drop`. */
  readonly dropped: number;
}

/** Parts that a connection is made of. */
export interface ConnectionParts<K extends Kinds> {
  /** The stream, after the handshake. */
  readonly stream: ByteStream;
  /** The decoder of the stream, with what came after the handshake. */
  readonly decoder: FrameDecoder;
  /** The service that is spoken. */
  readonly service: Service<K>;
  /** What the handshake settled. */
  readonly terms: ConnectionTerms;
  /** The clock for the heartbeat and for time limits. */
  readonly clock: Clock;
  /** Where buffers come from. */
  readonly budget: MemoryBudget;
}
