/** Transactions that the thread has at a time: one that runs, one that it finds when that is done. */
const MAX_IN_FLIGHT = 2;

/** What goes into one transaction: filled while the thread is busy with the one before. */
export interface Pack<Written> {
  /** Whether something more goes into the next one. */
  readonly isFull: boolean;
  /** Tells everybody what became of it. */
  settle(written: Written): void;
  /** Tells everybody that nothing of it was stored. */
  fail(error: unknown): void;
}

/** What a {@linkcode WriteQueue} is made of. */
export interface WriteQueueOptions<P, Written> {
  readonly newPack: () => P;
  /**
   * Has a pack committed. Rejects when nothing of it was; then whoever writes also refuses what comes
   * with the same epoch.
   */
  readonly send: (pack: P, epoch: number) => Promise<Written>;
}

/**
 * Writes that share commits: what one turn of the event loop writes leaves together, and what comes
 * while the thread is busy waits in packs. They are committed in the order of the calls; when one
 * fails, so do all that came after it until its failure was told.
 */
export class WriteQueue<P extends Pack<Written>, Written> {
  readonly #options: WriteQueueOptions<P, Written>;
  /** What waits for its turn; only the last one still grows. */
  readonly #waiting: P[] = [];
  #inFlight = 0;
  #epoch = 0;
  /** Something failed, and what was in flight with it has not been told yet. */
  #isFailing = false;
  #isPosting = false;
  /** Called when nothing waits any more and nothing is in flight. */
  #onIdle: (() => void) | undefined;

  constructor(options: WriteQueueOptions<P, Written>) {
    this.#options = options;
  }

  /** Where the next write goes. It has to be put there at once. */
  pack(): P {
    let pack = this.#waiting.at(-1);
    if (pack === undefined || pack.isFull) {
      pack = this.#options.newPack();
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

  /** Resolves when nothing waits and nothing is in flight. One at a time. */
  idle(): Promise<void> {
    if (this.#inFlight === 0 && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle = resolve);
  }

  #post(): void {
    while (this.#inFlight < MAX_IN_FLIGHT && !this.#isFailing) {
      const pack = this.#waiting.shift();
      if (pack === undefined) break;
      this.#inFlight++;
      this.#send(pack);
    }
    if (this.#inFlight === 0 && this.#waiting.length === 0) this.#onIdle?.();
  }

  /** What waits may follow on what has failed, and must not be written without it. */
  #failAllThatWaits(error: unknown): void {
    this.#epoch++;
    for (const pack of this.#waiting.splice(0)) pack.fail(error);
  }

  async #send(pack: P): Promise<void> {
    const epoch = this.#epoch;
    try {
      pack.settle(await this.#options.send(pack, epoch));
    } catch (error) {
      pack.fail(error);
      this.#failAllThatWaits(error);
      this.#isFailing = true;
    }
    this.#inFlight--;
    if (this.#inFlight === 0) this.#isFailing = false;
    this.#post();
  }
}
