import type { Clock, Timer } from "../../clock/clock.ts";
import { MAX_BULK_FRAME_BYTES } from "../../transport/frame.ts";

/** Shortest wait between two releases, in milliseconds. */
const LEAST_WAIT_MS = 10;

/**
 * Gives credit back no faster than so many bytes per second: a token bucket that holds a tenth of a
 * second, or one frame. Whoever spends credit only can then be no faster either.
 */
export class PacedRelease {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  readonly #release: (bytes: number) => void;
  #tokens: number;
  #lastNs: number;
  #owedBytes = 0;
  #timer: Timer | undefined;

  /**
   * A full bucket.
   *
   * @param bytesPerSecond 0 for no limit
   * @param release gives credit back
   */
  constructor(clock: Clock, bytesPerSecond: number, release: (bytes: number) => void) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
    this.#release = release;
    this.#tokens = this.#most;
    this.#lastNs = bytesPerSecond === 0 ? 0 : clock.monotonicNs();
  }

  /** Gives back `bytes`, now or when it is their turn. */
  give(bytes: number): void {
    if (this.#bytesPerSecond === 0) return this.#release(bytes);
    this.#owedBytes += bytes;
    if (this.#timer === undefined) this.#pay();
  }

  /** Gives back nothing any more: the connection is over. */
  stop(): void {
    this.#timer?.cancel();
    this.#owedBytes = 0;
  }

  get #most(): number {
    return Math.max(MAX_BULK_FRAME_BYTES, this.#bytesPerSecond / 10);
  }

  #pay(): void {
    const nowNs = this.#clock.monotonicNs();
    const earned = (nowNs - this.#lastNs) / 1e9 * this.#bytesPerSecond;
    this.#lastNs = nowNs;
    this.#tokens = Math.min(this.#most, this.#tokens + earned);
    const bytes = Math.min(this.#owedBytes, Math.floor(this.#tokens));
    if (bytes > 0) {
      this.#tokens -= bytes;
      this.#owedBytes -= bytes;
      this.#release(bytes);
    }
    if (this.#owedBytes === 0) return;
    const wantedBytes = Math.min(this.#owedBytes, MAX_BULK_FRAME_BYTES);
    const waitMs = (wantedBytes - this.#tokens) / this.#bytesPerSecond * 1000;
    this.#timer = this.#clock.after(Math.max(LEAST_WAIT_MS, waitMs), () => {
      this.#timer = undefined;
      this.#pay();
    });
  }
}
