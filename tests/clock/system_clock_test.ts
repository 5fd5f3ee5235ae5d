import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock/system_clock.ts";

Deno.test("monotonicNs() does not go back", () => {
  let last = systemClock.monotonicNs();
  for (let i = 0; i < 10_000; i++) {
    const now = systemClock.monotonicNs();
    assert.ok(now >= last);
    last = now;
  }
});

Deno.test("wallUs() is whole and within 50 ms of Date.now()", () => {
  for (let i = 0; i < 1000; i++) {
    const wallUs = systemClock.wallUs();
    assert.ok(Number.isInteger(wallUs));
    assert.ok(Math.abs(wallUs - Date.now() * 1000) < 50_000);
  }
});

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Runs `systemClock.after` on a machine whose time moves from timer to timer, and whose timers cut
 * their delay off at the millisecond, as those of the web do.
 *
 * @returns when the call ran, in milliseconds, and how long each timer was
 */
function runAfter(delayMs: number): { ranAtMs: number[]; timers: number[] } {
  const { setTimeout, performance } = globalThis;
  let nowMs = 1000;
  const pending: { readonly dueMs: number; readonly run: () => void }[] = [];
  const timers: number[] = [];
  const ranAtMs: number[] = [];
  globalThis.setTimeout = ((run: () => void, timerMs: number) => {
    timers.push(timerMs);
    pending.push({ dueMs: nowMs + (timerMs > MAX_TIMEOUT_MS ? 1 : Math.trunc(timerMs)), run });
    return 0;
  }) as unknown as typeof setTimeout;
  performance.now = () => nowMs;
  try {
    systemClock.after(delayMs, () => ranAtMs.push(nowMs - 1000));
    for (let i = 0; i < 100 && pending.length > 0; i++) {
      const next = pending.shift();
      nowMs = next?.dueMs ?? nowMs;
      next?.run();
    }
  } finally {
    globalThis.setTimeout = setTimeout;
    delete (performance as { now?: unknown }).now;
  }
  return { ranAtMs, timers };
}

Deno.test("after() never runs earlier than asked for, nor 2 ms later", () => {
  for (const delayMs of [0, 0.125, 0.875, 1, 1.5, 1.75, 7, 1e6 + 0.5]) {
    const { ranAtMs: [ranAtMs = NaN] } = runAfter(delayMs);
    assert.ok(ranAtMs >= delayMs && ranAtMs < delayMs + 2, `${ranAtMs} ms for ${delayMs} ms`);
  }
});

Deno.test("after() runs once for a delay that no timer can take", () => {
  const thirtyDaysMs = 30 * 86_400_000;
  const { ranAtMs, timers } = runAfter(thirtyDaysMs);
  assert.deepEqual(ranAtMs, [thirtyDaysMs]);
  assert.ok(timers.every((timerMs) => timerMs <= MAX_TIMEOUT_MS), `${timers}`);
});

Deno.test("cancel() gives the timer back", () => {
  systemClock.after(1e6, () => assert.fail("it was cancelled")).cancel();
  systemClock.after(2 ** 33, () => assert.fail("it was cancelled")).cancel();
});

Deno.test("after() runs at once for a delay that is over", async () => {
  await new Promise<void>((resolve) => systemClock.after(-10, resolve));
});
