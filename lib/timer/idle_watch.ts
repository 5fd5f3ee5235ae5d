import type { Clock, Timer } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";

/**
 * Says goodbye to a client that has sent no request for `timeoutMs`.
 *
 * @returns to be called for each request
 */
export function idleWatch(client: Connection, clock: Clock, timeoutMs: number): () => void {
  let isHeard = false;
  let heardNs = clock.monotonicNs();
  let timer: Timer;
  const watch = (delayMs: number) => {
    timer = clock.after(delayMs, () => {
      if (isHeard) heardNs = clock.monotonicNs();
      const idleMs = (clock.monotonicNs() - heardNs) / 1e6;
      isHeard = false;
      if (idleMs < timeoutMs) return watch(timeoutMs - idleMs);
      client.close({ code: "timer.idle", message: `No request for ${timeoutMs} ms` });
    });
  };
  watch(timeoutMs);
  client.closed.then(() => timer.cancel());
  return () => {
    isHeard = true;
  };
}
