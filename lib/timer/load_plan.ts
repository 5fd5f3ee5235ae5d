/**
 * When requests are to be sent. In an open loop request `j` of all clients together is planned at
 * `start + j / rate`, whatever became of those before it, and belongs to client `j mod clients`. In a
 * closed loop a request is planned when there is room for it. Requests planned in the warm-up are sent
 * but not measured. Pure: it is told the time.
 */

/** What to send. */
export interface LoadOptions {
  /** Requests per second of all clients together; `undefined` for a closed loop. */
  readonly ratePerSecond: number | undefined;
  readonly clients: number;
  /** How many requests to measure. */
  readonly count: number;
  /** How long to measure, in nanoseconds. */
  readonly durationNs: number;
  readonly warmupNs: number;
}

/** The plan of one run. */
export class LoadPlan {
  /** From when on requests are measured. */
  readonly measureFromNs: number;
  /** When the last request is planned, at the latest; Infinity when only the count ends the run. */
  readonly lastPlannedNs: number;
  readonly #options: LoadOptions;
  readonly #startNs: number;
  /** Requests of the warm-up, and in all; of an open loop. */
  readonly #warmup: number;
  readonly #total: number;
  #closedLeft: number;
  #isStopped = false;

  /** @param startNs when the run starts, in nanoseconds of the monotonic clock */
  constructor(options: LoadOptions, startNs: number) {
    this.#options = options;
    this.#startNs = startNs;
    this.#closedLeft = options.count;
    this.measureFromNs = startNs + options.warmupNs;
    const rate = options.ratePerSecond;
    if (rate === undefined) {
      this.#warmup = 0;
      this.#total = Infinity;
      this.lastPlannedNs = this.measureFromNs + options.durationNs;
      return;
    }
    // Products such as 0.29 s x 100/s come out a hair too small or too large, and would be cut down or
    // up by a whole request; the planned times decide.
    let warmup = Math.ceil(options.warmupNs / 1e9 * rate);
    while (warmup > 0 && this.isMeasured(this.#plannedNs(warmup - 1))) warmup--;
    while (!this.isMeasured(this.#plannedNs(warmup))) warmup++;
    let measured = Math.floor(options.durationNs / 1e9 * rate);
    if (this.#plannedNs(measured + 1) - startNs <= options.durationNs) measured++;
    this.#warmup = warmup;
    this.#total = warmup + Math.max(1, Math.min(options.count, measured));
    this.lastPlannedNs = this.#plannedNs(this.#total - 1);
  }

  /**
   * When request `index` of `client` is planned, or `undefined` when there is none.
   *
   * @param index how many requests this client has sent
   */
  next(client: number, index: number, nowNs: number): number | undefined {
    if (this.#isStopped) return undefined;
    if (this.#options.ratePerSecond === undefined) {
      return this.#closedLeft > 0 && nowNs < this.lastPlannedNs ? nowNs : undefined;
    }
    const request = index * this.#options.clients + client;
    return request < this.#total ? this.#plannedNs(request) : undefined;
  }

  /** A request that was planned at `plannedNs` is sent. */
  sent(plannedNs: number): void {
    if (this.isMeasured(plannedNs)) this.#closedLeft--;
  }

  /** Whether a request that is planned at `plannedNs` is measured. */
  isMeasured(plannedNs: number): boolean {
    return plannedNs >= this.measureFromNs;
  }

  /** Nothing more is sent. */
  stop(): void {
    this.#isStopped = true;
  }

  /** How many requests of an open loop are due at `nowNs`. */
  dueCount(nowNs: number): number {
    const rate = this.#options.ratePerSecond ?? 0;
    let due = Math.min(this.#total, Math.floor((nowNs - this.#startNs) / 1e9 * rate) + 1);
    // The division above may be off by one either way; the planned times decide.
    while (due > 0 && this.#plannedNs(due - 1) > nowNs) due--;
    while (due < this.#total && this.#plannedNs(due) <= nowNs) due++;
    return Math.max(0, due);
  }

  /** When the request after the first `due` of an open loop is planned. */
  plannedAfterNs(due: number): number | undefined {
    return this.#isStopped || due >= this.#total ? undefined : this.#plannedNs(due);
  }

  /** How many of the first `due` requests of an open loop are measured. */
  measuredAmong(due: number): number {
    return Math.max(0, due - this.#warmup);
  }

  #plannedNs(request: number): number {
    return this.#startNs + Math.round(request / (this.#options.ratePerSecond ?? 1) * 1e9);
  }
}
