import type { Clock } from "../../../lib/clock/clock.ts";
import type { Random } from "../../random.ts";
import type { Showing } from "./showing.ts";

/** What a process writes to somebody: a kill loses what is still on its way. */
export class Screen {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #delayMs: number;
  readonly #show: (line: Showing) => void;
  readonly #waiting: Showing[] = [];
  #isRunning = false;
  #idle: (() => void)[] = [];

  /** @param delayMs about how long a line is on its way; 0: no time */
  constructor(
    clock: Clock,
    random: Random,
    delayMs: number,
    { show }: { readonly show: (line: Showing) => void },
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#delayMs = delayMs;
    this.#show = show;
  }

  /** Writes a line. */
  put(line: Showing): void {
    if (this.#delayMs === 0) return this.#show(line);
    this.#waiting.push(line);
    if (!this.#isRunning) this.#next();
  }

  /** Resolves when all is out. */
  drained(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Any number of lines go at once, as pipes take them. */
  #next(): void {
    this.#isRunning = true;
    this.#clock.after(this.#random.below(2 * this.#delayMs), () => {
      for (const line of this.#waiting.splice(0, this.#random.between(1, 50))) this.#show(line);
      this.#isRunning = this.#waiting.length > 0;
      if (this.#isRunning) return this.#next();
      for (const resolve of this.#idle.splice(0)) resolve();
    });
  }
}
