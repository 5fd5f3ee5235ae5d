import type { Clock, Timer } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import { ALIVE_INTERVAL_MS, StopWatch } from "./stop_watch.ts";

/** Watches whether the server runs, as long as there are clients: who has none may sleep in peace. */
export class KeepWatch {
  readonly stopWatch: StopWatch;
  readonly #clock: Clock;
  #clients = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.stopWatch = new StopWatch(clock.monotonicNs());
  }

  /** Watches at least until `client` is gone. */
  while(client: Connection): void {
    if (this.#clients++ === 0) {
      this.stopWatch.restart(this.#clock.monotonicNs());
      this.#tick();
    }
    client.closed.then(() => {
      if (--this.#clients === 0) this.#timer?.cancel();
    });
  }

  #tick(): void {
    this.#timer = this.#clock.after(ALIVE_INTERVAL_MS, () => {
      this.stopWatch.alive(this.#clock.monotonicNs());
      this.#tick();
    });
  }
}
