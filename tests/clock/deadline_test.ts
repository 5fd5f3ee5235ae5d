import assert from "node:assert/strict";
import { deadline } from "../../lib/clock/deadline.ts";
import { FakeClock } from "../../lib/clock/fake_clock.ts";

Deno.test("deadline() aborts with a TimeoutError after its time and not before", async () => {
  const clock = new FakeClock();
  using limit = deadline(clock, 100);
  await clock.advance(99.999);
  assert.equal(limit.signal.aborted, false);
  await clock.advance(0.001);
  assert.equal(limit.signal.aborted, true);
  const { reason } = limit.signal;
  assert.ok(reason instanceof DOMException);
  assert.deepEqual([reason.name, reason.message], ["TimeoutError", "timed out after 100 ms"]);
});

Deno.test("deadline() aborts with the outer signal's reason as soon as that aborts", () => {
  const outer = new AbortController();
  using limit = deadline(new FakeClock(), 100, outer.signal);
  const reason = new Error("stop");
  outer.abort(reason);
  assert.equal(limit.signal.reason, reason);
});

Deno.test("deadline() is aborted from the start when the outer signal is", () => {
  const reason = new Error("stop");
  using limit = deadline(new FakeClock(), 100, AbortSignal.abort(reason));
  assert.equal(limit.signal.reason, reason);
});

Deno.test("deadline() keeps the first reason", async () => {
  const clock = new FakeClock();
  const outer = new AbortController();
  using limit = deadline(clock, 100, outer.signal);
  await clock.advance(100);
  outer.abort(new Error("too late"));
  assert.equal(limit.signal.reason.name, "TimeoutError");
});

Deno.test("deadline() gives its timer back when disposed and aborts no more", async () => {
  const clock = new FakeClock();
  const outer = new AbortController();
  const limit = deadline(clock, 100, outer.signal);
  assert.equal(clock.pendingTimers, 1);
  limit[Symbol.dispose]();
  assert.equal(clock.pendingTimers, 0);
  await clock.advance(1000);
  outer.abort();
  assert.equal(limit.signal.aborted, false);
});
