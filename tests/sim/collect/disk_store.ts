import { StoreError } from "../../../lib/store/store_error.ts";
import type { ClientReport } from "../../../lib/collect/store/client_report.ts";
import type {
  CollectStore,
  ExportedSample,
  ExportFilter,
  ReportFilter,
} from "../../../lib/collect/store/collect_store.ts";
import type { SampleBatch } from "../../../lib/collect/store/sample_batch.ts";
import type { SimProcess } from "../core/sim_process.ts";

/** What is on the disk of the server's machine, and what else looks at it. */
export interface StoreDisk {
  /** Applies at once; promises tell what came of it. */
  readonly content: CollectStore;
  /** Told what was committed, at that moment. */
  readonly onCommitted: (batch: SampleBatch, highestSequence: number) => void;
}

/**
 * A store as a server's process sees it: what it writes is there when the disk of its machine has
 * committed it. As in the real one, nothing is committed that was written after something that
 * failed, before that was told.
 */
export class DiskStore implements CollectStore {
  queuedSamples = 0;
  readonly #process: SimProcess;
  readonly #disk: StoreDisk;
  /** What was called since the last failure that the process was told of. */
  #epoch = new Epoch();
  #isClosed = false;
  #pending = 0;

  constructor(process: SimProcess, disk: StoreDisk) {
    this.#process = process;
    this.#disk = disk;
  }

  find(session: string): ReturnType<CollectStore["find"]> {
    return this.#process.guard(this.#disk.content.find(session));
  }

  open(...[session, cookie, owner]: Parameters<CollectStore["open"]>): Promise<void> {
    const copy = cookie.slice() as typeof cookie;
    return this.#write((content) => content.open(session, copy, { ...owner }));
  }

  async append(batch: SampleBatch): ReturnType<CollectStore["append"]> {
    const copy = { ...batch, timesUs: batch.timesUs.slice() };
    const count = copy.timesUs.length;
    this.queuedSamples += count;
    try {
      return await this.#write(async (content) => {
        const result = await content.append(copy);
        this.#disk.onCommitted(copy, result.highestSequence);
        return result;
      });
    } finally {
      this.queuedSamples -= count;
    }
  }

  noteStep(...[step]: Parameters<CollectStore["noteStep"]>): Promise<void> {
    const copy = { ...step };
    return this.#write((content) => content.noteStep(copy));
  }

  noteEstimate(
    ...[session, estimate]: Parameters<CollectStore["noteEstimate"]>
  ): Promise<void> {
    const copy = { ...estimate };
    return this.#write((content) => content.noteEstimate(session, copy));
  }

  noteEnd(session: string, lastSequence: number): Promise<void> {
    return this.#write((content) => content.noteEnd(session, lastSequence));
  }

  noteSeen(session: string, atUs: number): Promise<void> {
    return this.#write((content) => content.noteSeen(session, atUs));
  }

  report(filter?: ReportFilter): Promise<ClientReport[]> {
    return this.#process.guard(this.#disk.content.report(filter));
  }

  estimates(session: string): ReturnType<CollectStore["estimates"]> {
    return this.#process.guard(this.#disk.content.estimates(session));
  }

  export(filter?: ExportFilter): AsyncIterable<readonly ExportedSample[]> {
    return this.#disk.content.export(filter);
  }

  removeBefore(receivedUs: number): Promise<number> {
    return this.#write((content) => content.removeBefore(receivedUs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    while (this.#pending > 0) await this.#write(() => Promise.resolve(), true).catch(() => {});
  }

  async #write<T>(
    run: (content: CollectStore) => Promise<T>,
    isLast = false,
  ): Promise<T> {
    if (this.#isClosed && !isLast) throw new StoreError("other", "The store is closed");
    const epoch = this.#epoch;
    const full = () => epoch.fail();
    if (!isLast) this.#pending++;
    const { disk } = this.#process.machine;
    try {
      const committed = disk.commit(async () => {
        if (epoch.hasFailed) throw full();
        return await run(this.#disk.content);
      }, full);
      return await this.#process.guard(Promise.race([committed, epoch.failure]));
    } catch (error) {
      if (this.#epoch === epoch && epoch.hasFailed) this.#epoch = new Epoch();
      throw error;
    } finally {
      if (!isLast) this.#pending--;
    }
  }
}

/** Writes that fail together: one after another, each may follow on those before. */
class Epoch {
  hasFailed = false;
  readonly failure: Promise<never>;
  readonly #reject: (error: StoreError) => void;

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {}); // nobody may be waiting
    this.failure = promise;
    this.#reject = reject;
  }

  fail(): StoreError {
    this.hasFailed = true;
    const error = new StoreError("full", "The disk is full");
    this.#reject(error);
    return error;
  }
}
