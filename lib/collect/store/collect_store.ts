import type { SessionGate } from "../../transport/server_handshake.ts";
import type { ClientReport, NotedEstimate, SessionStep } from "./client_report.ts";
import type { AppendResult, SampleBatch } from "./sample_batch.ts";

/** Which clients; all when left out. */
export interface ReportFilter {
  readonly clientIds?: readonly string[] | undefined;
}

/** Which samples, by the client's own time: `fromUs <= timeUs < toUs`. */
export interface ExportFilter extends ReportFilter {
  readonly fromUs?: number | undefined;
  readonly toUs?: number | undefined;
}

/** One stored sample; times in whole microseconds since 1970. */
export interface ExportedSample {
  readonly clientId: string;
  readonly session: string;
  readonly sequence: number;
  /** As the client's clock showed it. */
  readonly timeUs: number;
  /** As the server's clock would have shown it, within `boundUs`; `undefined`: not known. */
  readonly correctedUs: number | undefined;
  readonly boundUs: number | undefined;
  /** Number of the correction that was used, one for each that differs; `undefined`: none. */
  readonly correctionId: number | undefined;
  /** When the server got it. */
  readonly receivedUs: number;
}

/**
 * Where collect keeps samples, sessions and what it knows about clocks. Rules for all of it:
 *
 * 1. No call blocks. Promises settle after the commit (writes) or with what was committed (reads).
 * 2. What a rejected write was about is not stored, not even in part. It may be tried again.
 * 3. What was committed survives the end of the process, at any moment and of any kind.
 * 4. A batch is applied once: sequences up to the session's highest are `repeated`, those between
 *    the highest and the batch are gone for good, and what is stored moves the highest with it.
 * 5. (client, time) is unique. Whoever comes later with the same time is `equal`.
 * 6. Batches of a session are applied in the order of the calls.
 * 7. Writes are shared: many calls, one commit. Callers keep an eye on `queuedSamples`, for which
 *    the store sets no limit.
 * 8. Arguments may be changed or used again as soon as the call returns.
 *
 * All promises reject with `StoreError`, or with `RangeError` for arguments that nobody may send.
 */
export interface CollectStore extends SessionGate, AsyncDisposable {
  /** Samples whose `append` has not settled yet. */
  readonly queuedSamples: number;
  /** Stores samples. Resolves after the commit that holds them. */
  append(batch: SampleBatch): Promise<AppendResult>;
  /** Keeps that a clock was set; the same step again changes nothing. */
  noteStep(step: SessionStep): Promise<void>;
  /** Keeps what is now known about a client's clock, and some of what was known before. */
  noteEstimate(session: string, estimate: NotedEstimate): Promise<void>;
  /** Keeps that the client made no sample after `lastSequence`. */
  noteEnd(session: string, lastSequence: number): Promise<void>;
  /** Keeps that the client was there at `atUs`, wall time of the server. */
  noteSeen(session: string, atUs: number): Promise<void>;
  /** What is known about clients, ordered by their ids. */
  report(filter?: ReportFilter): Promise<ClientReport[]>;
  /** The estimates of a session that were kept, oldest first: evenly thinned, a thousand at most. */
  estimates(session: string): Promise<NotedEstimate[]>;
  /**
   * Samples in pages, ordered by client id and time. Takes the memory of a page. A sample that is
   * stored or removed meanwhile may be in it or not.
   */
  export(filter?: ExportFilter): AsyncIterable<readonly ExportedSample[]>;
  /**
   * Removes the samples that the server got before `receivedUs`, and says how many. It goes by the
   * server's clock, so that a client whose clock is years off is not treated otherwise.
   */
  removeBefore(receivedUs: number): Promise<number>;
  /** Waits for what was called before, then lets go of the store. Later calls reject. */
  [Symbol.asyncDispose](): Promise<void>;
}
