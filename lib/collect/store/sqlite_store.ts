import type { Secret } from "../../transport/proofs.ts";
import type { SessionOwner } from "../../transport/server_handshake.ts";
import { checkBatch, checkEstimate, checkLast, checkStep, checkWhole } from "./checks.ts";
import type { ClientReport, NotedEstimate, SessionStep } from "./client_report.ts";
import type { CollectStore, ExportedSample, ExportFilter, ReportFilter } from "./collect_store.ts";
import { pageSamples } from "./page_samples.ts";
import type { AppendResult, SampleBatch } from "./sample_batch.ts";
import type { Answers, Note, Request } from "./sqlite_messages.ts";
import { StoreError } from "./store_error.ts";
import { StoreThread } from "./store_thread.ts";
import { WritePack } from "./write_pack.ts";

/** Transactions that the thread has at a time: one that runs, one that it finds when that is done. */
const MAX_IN_FLIGHT = 2;

/** Options of {@linkcode openSqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * Only to read, also while a server has it open; writes reject with `read-only`.
   * @default {false}
   */
  readonly isReader?: boolean;
  /**
   * Largest size of the file in bytes; beyond it counts as a full disk.
   * @default none
   */
  readonly maxBytes?: number | undefined;
  /**
   * For how long after a failure writes are refused without trying, in milliseconds.
   * @default {1000}
   */
  readonly retryMs?: number;
}

/**
 * Opens a store in an SQLite file, or makes it; a thread of its own does what blocks. Beside `path`
 * there are `path-wal` and `path-shm` while it is open, and `path-lock`, which stays.
 *
 * @throws {StoreError} `locked`, `newer`, `not-a-store`, `read-only`, `full`, `other`
 */
export async function openSqliteStore(
  path: string,
  options: SqliteStoreOptions = {},
): Promise<CollectStore> {
  const { isReader = false, maxBytes, retryMs = 1000 } = options;
  const thread = new StoreThread();
  try {
    await thread.ask({ kind: "start", options: { path, isReader, maxBytes, retryMs } });
    return new SqliteStore(thread);
  } catch (error) {
    thread.terminate();
    throw error;
  }
}

class SqliteStore implements CollectStore {
  readonly #thread: StoreThread;
  /** What waits for its turn; only the last one still grows. */
  readonly #waiting: WritePack[] = [];
  readonly #spareWords: Float64Array<ArrayBuffer>[] = [];
  #inFlight = 0;
  #epoch = 0;
  #isPosting = false;
  #closing: Promise<void> | undefined;
  /** Called when nothing waits any more and nothing is in flight. */
  #onIdle: (() => void) | undefined;
  queuedSamples = 0;

  constructor(thread: StoreThread) {
    this.#thread = thread;
  }

  async find(
    session: string,
  ): Promise<{ readonly cookie: Secret; readonly highestSequence: bigint } | undefined> {
    const found = await this.#ask({ kind: "find", session });
    return found && { ...found, highestSequence: BigInt(found.highestSequence) };
  }

  async open(session: string, cookie: Secret, owner: SessionOwner): Promise<void> {
    const { clientId, tokenName } = owner;
    await this.#note({ kind: "open", session, cookie: cookie.slice(), clientId, tokenName });
  }

  async append(batch: SampleBatch): Promise<AppendResult> {
    checkBatch(batch);
    const { length } = batch.timesUs;
    this.queuedSamples += length;
    try {
      return await this.#pack().addBatch(batch);
    } finally {
      this.queuedSamples -= length;
    }
  }

  async noteStep(step: SessionStep): Promise<void> {
    checkStep(step);
    await this.#note({ kind: "step", session: step.session, step: { ...step } });
  }

  async noteEstimate(session: string, estimate: NotedEstimate): Promise<void> {
    checkEstimate(estimate);
    await this.#note({ kind: "estimate", session, estimate: { ...estimate } });
  }

  async noteEnd(session: string, lastSequence: number): Promise<void> {
    checkLast(lastSequence);
    await this.#note({ kind: "end", session, lastSequence });
  }

  async noteSeen(session: string, atUs: number): Promise<void> {
    checkWhole("time", atUs);
    await this.#note({ kind: "seen", session, atUs });
  }

  async report(filter: ReportFilter = {}): Promise<ClientReport[]> {
    const reports: ClientReport[] = [];
    // One client at a time, so that writes can come in between.
    for (const clientId of await this.#clients(filter)) {
      reports.push({ clientId, sessions: await this.#ask({ kind: "client", clientId }) });
    }
    return reports;
  }

  estimates(session: string): Promise<NotedEstimate[]> {
    return this.#ask({ kind: "estimates", session });
  }

  async *export(filter: ExportFilter = {}): AsyncIterable<readonly ExportedSample[]> {
    const { fromUs = -Number.MAX_SAFE_INTEGER, toUs = Number.MAX_SAFE_INTEGER + 1 } = filter;
    for (const clientId of await this.#clients(filter)) {
      for (let nextUs = fromUs, isFull = true; isFull;) {
        const page = await this.#ask({ kind: "page", clientId, fromUs: nextUs, toUs });
        const samples = pageSamples(clientId, page);
        if (samples.length > 0) yield samples;
        nextUs = (samples.at(-1)?.timeUs ?? nextUs) + 1;
        isFull = page.isFull;
      }
    }
  }

  async removeBefore(receivedUs: number): Promise<number> {
    checkWhole("receive time", receivedUs);
    let total = 0;
    for (const clientId of await this.#clients({})) {
      total += await this.#removeOf(clientId, receivedUs);
    }
    await this.#ask({ kind: "trim", receivedBeforeUs: receivedUs });
    return total;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#waiting.length > 0 || this.#inFlight > 0) {
      await new Promise<void>((resolve) => this.#onIdle = resolve);
    }
    try {
      await this.#thread.ask({ kind: "stop" });
    } finally {
      this.#thread.terminate();
    }
  }

  async #removeOf(clientId: string, receivedBeforeUs: number): Promise<number> {
    let total = 0;
    let fromUs = -Number.MAX_SAFE_INTEGER;
    for (;;) {
      const removed = await this.#ask({ kind: "remove", clientId, fromUs, receivedBeforeUs });
      total += removed.removed;
      if (removed.nextUs === undefined) return total;
      fromUs = removed.nextUs;
    }
  }

  async #clients({ clientIds }: ReportFilter): Promise<readonly string[]> {
    const all = await this.#ask({ kind: "clients" });
    return clientIds === undefined ? all : all.filter((id) => clientIds.includes(id));
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new StoreError("other", "Cannot use the store: it is closed");
  }

  async #ask<R extends Request>(request: R): Promise<Answers[R["kind"]]> {
    this.#checkOpen();
    return await this.#thread.ask(request);
  }

  #note(note: Note): Promise<void> {
    return this.#pack().addNote(note);
  }

  /** Where the next write goes; what one turn of the event loop writes leaves together. */
  #pack(): WritePack {
    this.#checkOpen();
    let pack = this.#waiting.at(-1);
    if (pack === undefined || pack.isFull) {
      pack = new WritePack(this.#spareWords.pop());
      this.#waiting.push(pack);
    }
    if (!this.#isPosting) {
      this.#isPosting = true;
      queueMicrotask(() => {
        this.#isPosting = false;
        this.#post();
      });
    }
    return pack;
  }

  #post(): void {
    while (this.#inFlight < MAX_IN_FLIGHT) {
      const pack = this.#waiting.shift();
      if (pack === undefined) break;
      this.#inFlight++;
      this.#send(pack);
    }
    if (this.#inFlight === 0 && this.#waiting.length === 0) this.#onIdle?.();
  }

  /** What waits may follow in its session on what has failed, and must not be written without it. */
  #failAllThatWaits(error: unknown): void {
    this.#epoch++;
    for (const pack of this.#waiting.splice(0)) pack.fail(error);
  }

  async #send(pack: WritePack): Promise<void> {
    const epoch = this.#epoch;
    const request = pack.request(epoch);
    try {
      const written = await this.#thread.ask(request, [request.words.buffer]);
      pack.settle(written);
      if (this.#spareWords.length <= MAX_IN_FLIGHT) this.#spareWords.push(written.words);
    } catch (error) {
      pack.fail(error);
      if (epoch === this.#epoch) this.#failAllThatWaits(error);
    }
    this.#inFlight--;
    this.#post();
  }
}
