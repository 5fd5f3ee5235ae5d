import fc from "fast-check";
import assert from "node:assert/strict";
import { FakeClock, settle } from "../../lib/clock/fake_clock.ts";
import { sleep } from "../../lib/clock/sleep.ts";

Deno.test("FakeClock stands still until it is told to move", async () => {
  const clock = new FakeClock(1_000_000);
  let calls = 0;
  clock.after(0, () => calls++);
  await settle();
  await settle();
  assert.deepEqual([clock.monotonicNs(), clock.wallUs(), calls], [0, 1_000_000, 0]);
});

Deno.test("advance() moves both times by exactly what was asked for", async () => {
  const clock = new FakeClock(1_700_000_000_000_000);
  await clock.advance(1500);
  await clock.advance(0.25);
  assert.equal(clock.monotonicNs(), 1_500_250_000);
  assert.equal(clock.wallUs(), 1_700_000_001_500_250);
});

Deno.test("advance() runs what falls due, each call at its own time, in order", async () => {
  const clock = new FakeClock();
  const calls: string[] = [];
  const note = (name: string) => () => calls.push(`${name} at ${clock.monotonicNs() / 1e6}`);
  clock.after(30, note("c"));
  clock.after(10, note("a"));
  clock.after(20, note("b1"));
  clock.after(20, note("b2"));
  clock.after(31, note("later"));
  clock.after(-5, note("past"));
  await clock.advance(30);
  assert.deepEqual(calls, ["past at 0", "a at 10", "b1 at 20", "b2 at 20", "c at 30"]);
  assert.equal(clock.pendingTimers, 1);
});

Deno.test("advance() runs what the calls themselves ask for, if it falls due", async () => {
  const clock = new FakeClock();
  const calls: number[] = [];
  const again = () => {
    calls.push(clock.monotonicNs() / 1e6);
    clock.after(10, again);
  };
  clock.after(10, again);
  await clock.advance(35);
  assert.deepEqual(calls, [10, 20, 30]);
});

Deno.test("advance() lets promises go on between two calls", async () => {
  const clock = new FakeClock();
  const steps: string[] = [];
  const walk = async () => {
    await sleep(clock, 10);
    for (let i = 0; i < 20; i++) await Promise.resolve();
    steps.push("walked");
  };
  const walking = walk();
  clock.after(10, () => steps.push("second call"));
  clock.after(11, () => steps.push("third call"));
  await clock.advance(20);
  await walking;
  assert.deepEqual(steps, ["walked", "second call", "third call"]);
});

Deno.test("cancel() takes a call back, also twice and after it has run", async () => {
  const clock = new FakeClock();
  let calls = 0;
  const taken = clock.after(10, () => calls++);
  const kept = clock.after(10, () => calls++);
  taken.cancel();
  taken.cancel();
  await clock.advance(10);
  kept.cancel();
  assert.equal(calls, 1);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("runUntil() returns what the promise gives, at the time when it does", async () => {
  const clock = new FakeClock();
  clock.after(500, () => {});
  assert.equal(await clock.runUntil(sleep(clock, 120).then(() => "slept")), "slept");
  assert.equal(clock.monotonicNs(), 120e6);
  assert.equal(clock.pendingTimers, 1);
});

Deno.test("runUntil() throws what the promise throws", async () => {
  const clock = new FakeClock();
  const fault = new TypeError("no");
  const promise = sleep(clock, 10).then(() => {
    throw fault;
  });
  await assert.rejects(clock.runUntil(promise), (error) => error === fault);
});

Deno.test("runUntil() throws when nothing is pending that could settle the promise", async () => {
  const clock = new FakeClock();
  clock.after(10, () => {});
  await assert.rejects(
    clock.runUntil(new Promise(() => {})),
    /^Error: Cannot go on: nothing is pending on the fake clock$/,
  );
});

Deno.test("runUntil() throws when the limit is over and leaves time where it was", async () => {
  const clock = new FakeClock();
  const again = () => void clock.after(30, again);
  again();
  await assert.rejects(
    clock.runUntil(new Promise(() => {}), 100),
    /^Error: Cannot go on: 100 ms of fake time are over$/,
  );
  assert.equal(clock.monotonicNs(), 90e6);
});

Deno.test("runUntil() still runs what is due just when the limit is over", async () => {
  const clock = new FakeClock();
  await clock.runUntil(sleep(clock, 100), 100);
  assert.equal(clock.monotonicNs(), 100e6);
});

Deno.test("stepWall() moves wall time only", async () => {
  const clock = new FakeClock(5_000_000);
  await clock.advance(1);
  clock.stepWall(-2_000_000);
  assert.deepEqual([clock.monotonicNs(), clock.wallUs()], [1e6, 3_001_000]);
});

Deno.test("skewedBy() gives a clock on the same time line with its own wall time", async () => {
  const clock = new FakeClock(1_000_000);
  const skewed = clock.skewedBy({ offsetUs: -250, driftPpm: 50 });
  assert.equal(skewed.wallUs(), 999_750);
  let at: number | undefined;
  skewed.after(1_000_000, () => at = clock.monotonicNs());
  await clock.advance(1_000_000);
  assert.equal(at, 1e12);
  assert.equal(skewed.monotonicNs(), clock.monotonicNs());
  assert.equal(skewed.wallUs() - clock.wallUs(), -250 + 50_000);
  clock.stepWall(10);
  assert.equal(skewed.wallUs() - clock.wallUs(), -250 + 50_000, "a step moves both");
});

Deno.test("skewedBy() with a negative drift runs slower, and with none as fast", async () => {
  const clock = new FakeClock();
  const slow = clock.skewedBy({ driftPpm: -100 });
  const same = clock.skewedBy({});
  await clock.advance(10_000);
  assert.equal(slow.wallUs() - clock.wallUs(), -1000);
  assert.equal(same.wallUs(), clock.wallUs());
});

Deno.test("after() calls run sorted by due time, then by when they were asked for", async () => {
  const delays = fc.array(fc.record({ delayMs: fc.nat(20), cancelled: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(delays, async (list) => {
      const clock = new FakeClock();
      const calls: number[] = [];
      const timers = list.map(({ delayMs }, i) => clock.after(delayMs, () => calls.push(i)));
      for (const [i, timer] of timers.entries()) if (list[i]?.cancelled) timer.cancel();
      await clock.advance(20);
      const expected = list.map(({ delayMs, cancelled }, index) => ({ delayMs, cancelled, index }))
        .filter(({ cancelled }) => !cancelled)
        .sort((a, b) => a.delayMs - b.delayMs || a.index - b.index);
      assert.deepEqual(calls, expected.map(({ index }) => index));
    }),
    { numRuns: 50 },
  );
});
