import type { Clock, Timer } from "../../clock/clock.ts";
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import type { Notice } from "../messages.ts";

/** So long before the end, nobody comes in any more, in milliseconds. */
const CLOSED_MS = 60_000;

/** The end of a server that is announced. */
export class Shutdown implements Disposable {
  /** Resolves with the reason when it is time. */
  readonly ended: Promise<string>;
  readonly #clock: Clock;
  readonly #end: (reason: string) => void;
  #timer: Timer | undefined;
  #plan: { readonly atNs: number; readonly reason: string } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Plans the end, in place of what was planned before. @returns what all are to be told */
  plan(inMs: number, reason: string): Notice {
    this.#timer?.cancel();
    this.#plan = { atNs: this.#clock.monotonicNs() + inMs * 1e6, reason };
    this.#timer = this.#clock.after(inMs, () => this.#end(reason));
    return this.#noticeOf(inMs, reason);
  }

  /** What somebody is to be told who comes in now. */
  get notice(): Notice | undefined {
    return this.#plan && this.#noticeOf(this.#leftMs, this.#plan.reason);
  }

  /** Whether nobody may come in any more. */
  get isNear(): boolean {
    return this.#plan !== undefined && this.#leftMs <= CLOSED_MS;
  }

  /** Ends nothing any more. */
  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  get #leftMs(): number {
    const { atNs = Infinity } = this.#plan ?? {};
    return Math.max(0, Math.ceil((atNs - this.#clock.monotonicNs()) / 1e6));
  }

  #noticeOf(inMs: number, reason: string): Notice {
    const when = inMs === 0 ? "now" : `in ${formatDurationMs(inMs)}`;
    const why = reason === "" ? "" : `: ${reason}`;
    const message = `The server goes down ${when}${why}`;
    return {
      code: "shutdown",
      message,
      inMs: Math.round(inMs),
      ...(reason === "" ? {} : { reason }),
    };
  }
}
