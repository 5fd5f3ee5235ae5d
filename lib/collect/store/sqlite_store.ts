import { StoreError } from "../../store/store_error.ts";
import { StoreThread } from "../../store/store_thread.ts";
import { WriteQueue } from "../../store/write_queue.ts";
import type { Secret } from "../../transport/proofs.ts";
import type { SessionOwner } from "../../transport/server_handshake.ts";
import { checkBatch, checkEstimate, checkLast, checkStep, checkWhole } from "./checks.ts";
import type { ClientReport, NotedEstimate, SessionStep } from "./client_report.ts";
import type { CollectStore, ExportedSample, ExportFilter, ReportFilter } from "./collect_store.ts";
import { pageSamples } from "./page_samples.ts";
import type { AppendResult, SampleBatch } from "./sample_batch.ts";
import type { Answers, Note, Request, Written } from "./sqlite_messages.ts";
import { WritePack } from "./write_pack.ts";

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
  // Named in full, so that whoever makes an executable of tram finds it.
  const url = new URL("./sqlite_store_thread.ts", import.meta.url);
  const thread: Thread = new StoreThread(new Worker(url, { type: "module" }));
  try {
    await thread.ask({ kind: "start", options: { path, isReader, maxBytes, retryMs } });
    return new SqliteStore(thread);
  } catch (error) {
    thread.terminate();
    throw error;
  }
}

type Thread = StoreThread<Request, Answers>;

class SqliteStore implements CollectStore {
  readonly #thread: Thread;
  readonly #spareWords: Float64Array<ArrayBuffer>[] = [];
  readonly #queue = new WriteQueue<WritePack, Written>({
    newPack: () => new WritePack(this.#spareWords),
    send: (pack, epoch) => this.#send(pack, epoch),
  });
  #closing: Promise<void> | undefined;
  queuedSamples = 0;

  constructor(thread: Thread) {
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
    await this.#queue.idle();
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

  #pack(): WritePack {
    this.#checkOpen();
    return this.#queue.pack();
  }

  #send(pack: WritePack, epoch: number): Promise<Written> {
    const request = pack.request(epoch);
    return this.#thread.ask(request, [request.words.buffer]);
  }
}
