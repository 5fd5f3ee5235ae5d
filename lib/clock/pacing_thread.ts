/**
 * The thread behind `precisePacer`: sleeps until shortly before the time it is given, spins for the
 * rest, then posts a message. It is told the time through shared memory, so that it can be told a
 * new one while it sleeps or spins.
 */
/// <reference lib="deno.worker" />
import { END, NO_TARGET, REVISION, TARGET_US, WORDS } from "./pacing_memory.ts";

/** Sleeping overshoots by up to this much, in milliseconds; that much of the wait is spun. */
const SLEEP_SLACK_MS = 0.2;

self.onmessage = ({ data }: MessageEvent<SharedArrayBuffer>) => {
  const revisions = new Int32Array(data, 0, WORDS);
  const targets = new BigInt64Array(data);
  for (;;) {
    const revision = Atomics.load(revisions, REVISION);
    const targetUs = Atomics.load(targets, TARGET_US);
    if (targetUs === END) return;
    if (targetUs === NO_TARGET) {
      Atomics.wait(revisions, REVISION, revision);
      continue;
    }
    const leftMs = Number(targetUs) / 1000 - performance.timeOrigin - performance.now();
    if (leftMs > SLEEP_SLACK_MS) {
      Atomics.wait(revisions, REVISION, revision, leftMs - SLEEP_SLACK_MS);
    } else if (leftMs <= 0) {
      // Unless the target was changed meanwhile, this wake-up is the one that was asked for.
      const last = Atomics.compareExchange(targets, TARGET_US, targetUs, NO_TARGET);
      if (last === targetUs) self.postMessage(revision);
    }
  }
};
