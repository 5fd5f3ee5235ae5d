import type { FakeClock } from "../../../lib/clock/fake_clock.ts";
import type { Random } from "../../random.ts";

interface Commit {
  readonly apply: () => Promise<void>;
}

/**
 * The part of a disk that counts: commits, one after the other, each whole or not at all. When the
 * process dies, some of those that wait are there and some are not, in order, and nobody was told.
 */
export class SimDisk {
  /** How much longer each commit takes than on a fast disk, in milliseconds. */
  ownMs = 0;
  readonly #clock: FakeClock;
  readonly #random: Random;
  #queue: Commit[] = [];
  #isBusy = false;
  #slow = 0;
  #slowMs = 0;
  #full = 0;
  #epoch = 0;

  constructor(clock: FakeClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Whether no commit can succeed. */
  get isFull(): boolean {
    return this.#full > 0;
  }

  /** Commits that wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Commits something.
   *
   * @param apply changes what is on the disk, at once; whatever it needs must have been copied before
   * @param whenFull makes the error of a full disk; none where no room is needed
   */
  commit<T>(apply: () => Promise<T>, whenFull?: () => Error): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#queue.push({
      apply: async () => {
        if (this.isFull && whenFull !== undefined) return reject(whenFull());
        await apply().then(resolve, reject);
      },
    });
    if (!this.#isBusy) this.#next();
    return promise;
  }

  /** Nothing more is written: of what waits, the first few are there after all, unseen. */
  crash(): void {
    this.#epoch++;
    this.#isBusy = false;
    const waiting = this.#queue.splice(0);
    if (this.isFull) return;
    for (const { apply } of waiting.slice(0, this.#random.below(waiting.length + 1))) void apply();
  }

  /** For faults. */
  slowDown(begins: boolean, ms: number): void {
    this.#slow += begins ? 1 : -1;
    this.#slowMs = this.#slow > 0 ? Math.max(this.#slowMs, ms) : 0;
  }

  /** For faults. */
  fill(begins: boolean): void {
    this.#full += begins ? 1 : -1;
  }

  #next(): void {
    const epoch = this.#epoch;
    this.#isBusy = true;
    this.#clock.after(0.2 + this.#random.below(3) + this.ownMs + this.#slowMs, async () => {
      if (epoch !== this.#epoch) return;
      // Whoever came meanwhile shares the commit.
      const group = this.#queue.splice(0, this.#random.between(1, 50));
      for (const { apply } of group) {
        await apply();
        if (epoch !== this.#epoch) return;
      }
      this.#isBusy = false;
      if (this.#queue.length > 0) this.#next();
    });
  }
}
