import fc from "fast-check";
import assert from "node:assert/strict";
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import { nextTick, type Tick, ticks } from "../../lib/clock/schedule.ts";
import { sleep } from "../../lib/clock/sleep.ts";

const MS = 1e6;

const TABLE = [
  { what: "the first tick at the start", previous: -1, nowMs: 0, index: 0, missed: 0 },
  { what: "the first tick before the start", previous: -1, nowMs: -25, index: 0, missed: 0 },
  { what: "the next tick in time", previous: 4, nowMs: 41, index: 5, missed: 0 },
  { what: "the next tick on its time", previous: 4, nowMs: 50, index: 5, missed: 0 },
  {
    what: "the next tick while it is less than an interval late",
    previous: 4,
    nowMs: 59.999,
    index: 5,
    missed: 0,
  },
  {
    what: "the newest tick that is due after a whole interval",
    previous: 4,
    nowMs: 60,
    index: 6,
    missed: 1,
  },
  {
    what: "the newest tick that is due after many intervals",
    previous: 4,
    nowMs: 129,
    index: 12,
    missed: 7,
  },
  {
    what: "the newest tick at first when the start is long past",
    previous: -1,
    nowMs: 1005,
    index: 100,
    missed: 100,
  },
  { what: "the next tick when it was called early", previous: 4, nowMs: 12, index: 5, missed: 0 },
];

for (const { what, previous, nowMs, index, missed } of TABLE) {
  Deno.test(`nextTick() gives ${what}`, () => {
    const startNs = 7 * MS;
    assert.deepEqual(nextTick(startNs, 10 * MS, previous, startNs + nowMs * MS), {
      index,
      plannedNs: startNs + index * 10 * MS,
      missed,
    });
  });
}

Deno.test("nextTick() accounts for every tick once and plans each on the grid", () => {
  const lateNs = fc.array(fc.oneof(fc.nat(1000), fc.nat(100_000)), { maxLength: 100 });
  fc.assert(
    fc.property(
      fc.nat(1e9),
      fc.integer({ min: 1, max: 10_000 }),
      lateNs,
      (start, interval, lates) => {
        let previous = -1;
        let nowNs = start;
        for (const late of lates) {
          const tick = nextTick(start, interval, previous, nowNs);
          assert.equal(tick.plannedNs, start + tick.index * interval);
          assert.equal(tick.index, previous + 1 + tick.missed);
          assert.ok(nowNs - tick.plannedNs < interval, "a tick is less than an interval late");
          previous = tick.index;
          nowNs = Math.max(nowNs, tick.plannedNs) + late;
        }
      },
    ),
  );
});

/** Collects ticks and when they came, while `body` runs for each. */
async function collect(
  clock: FakeClock,
  options: Parameters<typeof ticks>[1],
  body: (tick: Tick) => boolean | Promise<boolean>,
): Promise<{ tick: Tick; atMs: number }[]> {
  const seen: { tick: Tick; atMs: number }[] = [];
  const run = async () => {
    for await (const tick of ticks(clock, options)) {
      seen.push({ tick, atMs: clock.monotonicNs() / MS });
      if (!await body(tick)) break;
    }
  };
  await clock.runUntil(run());
  return seen;
}

Deno.test("ticks() comes at start + k × interval, the first at once", async () => {
  const clock = new FakeClock();
  await clock.advance(3);
  const seen = await collect(clock, { intervalNs: 10 * MS }, ({ index }) => index < 3);
  assert.deepEqual(seen.map(({ atMs }) => atMs), [3, 13, 23, 33]);
  assert.deepEqual(seen.map(({ tick }) => tick.missed), [0, 0, 0, 0]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("ticks() does not drift when the loop's body takes time", async () => {
  const clock = new FakeClock();
  const seen = await collect(clock, { intervalNs: 10 * MS }, async ({ index }) => {
    await sleep(clock, 9.5);
    return index < 500;
  });
  assert.deepEqual(seen.map(({ atMs }) => atMs), Array.from({ length: 501 }, (_, i) => i * 10));
});

Deno.test("ticks() counts what a slow body missed and does not make up for it", async () => {
  const clock = new FakeClock();
  const durationsMs = [0, 35, 0, 25, 0];
  const seen = await collect(clock, { intervalNs: 10 * MS }, async () => {
    await sleep(clock, durationsMs.shift() ?? 0);
    return durationsMs.length > 0;
  });
  assert.deepEqual(
    seen.map(({ tick: { index, missed }, atMs }) => ({ index, missed, atMs })),
    [
      { index: 0, missed: 0, atMs: 0 },
      { index: 1, missed: 0, atMs: 10 },
      { index: 4, missed: 2, atMs: 45 },
      { index: 5, missed: 0, atMs: 50 },
      { index: 7, missed: 1, atMs: 75 },
    ],
  );
});

Deno.test("ticks() waits for a start that lies ahead", async () => {
  const clock = new FakeClock();
  const options = { intervalNs: 10 * MS, startNs: 42 * MS };
  const seen = await collect(clock, options, ({ index }) => index < 1);
  assert.deepEqual(seen.map(({ atMs }) => atMs), [42, 52]);
});

Deno.test("ticks() ends without an error when the signal aborts, and takes its timer back", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  clock.after(25, () => controller.abort(new Error("enough")));
  const options = { intervalNs: 10 * MS, signal: controller.signal };
  const seen = await collect(clock, options, () => true);
  assert.deepEqual(seen.map(({ atMs }) => atMs), [0, 10, 20]);
  assert.equal(clock.monotonicNs(), 25 * MS);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("ticks() gives nothing when the signal is aborted already", async () => {
  const seen = await collect(
    new FakeClock(),
    { intervalNs: 10 * MS, signal: AbortSignal.abort() },
    () => true,
  );
  assert.deepEqual(seen, []);
});

Deno.test("ticks() ends when the signal aborts in the loop's body", async () => {
  const controller = new AbortController();
  const options = { intervalNs: 10 * MS, signal: controller.signal };
  const seen = await collect(new FakeClock(), options, ({ index }) => {
    if (index === 2) controller.abort();
    return true;
  });
  assert.equal(seen.length, 3);
});

Deno.test("ticks() throws a RangeError for an interval that is not above 0", async () => {
  for (const intervalNs of [0, -1, NaN]) {
    await assert.rejects(ticks(new FakeClock(), { intervalNs }).next(), RangeError);
  }
});
