import assert from "node:assert/strict";
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import { sleep } from "../../lib/clock/sleep.ts";

Deno.test("sleep() resolves after its time and not before", async () => {
  const clock = new FakeClock();
  let done = false;
  const sleeping = sleep(clock, 100).then(() => done = true);
  await clock.advance(99.999);
  assert.equal(done, false);
  await clock.advance(0.001);
  assert.equal(done, true);
  await sleeping;
});

Deno.test("sleep() rejects with the signal's reason and takes its timer back", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sleeping = sleep(clock, 100, controller.signal);
  assert.equal(clock.pendingTimers, 1);
  const reason = { why: "stop" };
  controller.abort(reason);
  await assert.rejects(sleeping, (error) => error === reason);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("sleep() rejects at once, without a timer, when the signal is aborted already", async () => {
  const clock = new FakeClock();
  const reason = new Error("stop");
  const sleeping = sleep(clock, 100, AbortSignal.abort(reason));
  assert.equal(clock.pendingTimers, 0);
  await assert.rejects(sleeping, (error) => error === reason);
});

Deno.test("sleep() leaves no listener at the signal, slept out or aborted", async () => {
  for (const aborts of [false, true]) {
    const clock = new FakeClock();
    const controller = new AbortController();
    const listeners = countListeners(controller.signal);
    const sleeping = sleep(clock, 100, controller.signal).catch(() => {});
    assert.equal(listeners.count, 1);
    if (aborts) controller.abort();
    else await clock.advance(100);
    await sleeping;
    // An abort takes the listener off by itself: it was added with `once`.
    assert.equal(listeners.count, aborts ? 1 : 0);
  }
});

/** Counts `addEventListener` less `removeEventListener`. */
function countListeners(signal: AbortSignal): { count: number } {
  const listeners = { count: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.count++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.count--;
    remove(...args);
  };
  return listeners;
}
