import type { Clock, Timer } from "../clock/clock.ts";
import type { CollectStore } from "./store/collect_store.ts";

/** Samples are removed so many times per retention time, and once a minute at most. */
const CHECKS_PER_RETENTION = 20;

/** Least time between two removals, in milliseconds. */
const MIN_INTERVAL_MS = 60_000;

/** Removes samples from a store that are older than `retentionMs`, until it is disposed. */
export function keepRetention(
  { store, clock, retentionMs, onTrouble }: {
    readonly store: CollectStore;
    readonly clock: Clock;
    /** `undefined`: samples are kept for ever. */
    readonly retentionMs: number | undefined;
    readonly onTrouble: (error: unknown) => void;
  },
): Disposable {
  let timer: Timer | undefined;
  if (retentionMs !== undefined) {
    const intervalMs = Math.max(MIN_INTERVAL_MS, retentionMs / CHECKS_PER_RETENTION);
    const remove = () => {
      store.removeBefore(clock.wallUs() - Math.round(retentionMs * 1000)).catch(onTrouble);
      timer = clock.after(intervalMs, remove);
    };
    remove();
  }
  return { [Symbol.dispose]: () => timer?.cancel() };
}
