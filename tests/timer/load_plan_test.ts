import assert from "node:assert/strict";
import fc from "fast-check";
import { type LoadOptions, LoadPlan } from "../../lib/timer/load_plan.ts";

const SECOND_NS = 1e9;

/** Numbers with up to three decimals, as people type them. */
const decimal = (min: number, max: number) =>
  fc.integer({ min: Math.round(min * 1000), max: Math.round(max * 1000) }).map((n) => n / 1000);

const rate = fc.oneof(
  decimal(0.1, 30),
  decimal(0.1, 5000),
  fc.integer({ min: 1, max: 10_000_000 }),
  fc.constantFrom(0.3, 1 / 3, 3, 7, 2000, 1e7),
);

/** An open loop of few enough requests to count them one by one. */
const openLoop: fc.Arbitrary<LoadOptions & { ratePerSecond: number; startNs: number }> = rate
  .chain((ratePerSecond) =>
    fc.record({
      ratePerSecond: fc.constant(ratePerSecond),
      clients: fc.integer({ min: 1, max: 5 }),
      count: fc.integer({ min: 1, max: 300 }),
      durationNs: fc.oneof(
        fc.constant(Infinity),
        fc.integer({ min: 1, max: 300 }).map((n) => Math.round(n / ratePerSecond * 1e9)),
      ),
      warmupNs: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 1, max: 300_000 }).map((n) => Math.round(n / 1000 / ratePerSecond * 1e9)),
      ),
      startNs: fc.integer({ min: 0, max: 1e14 }),
    })
  );

/** All planned times of an open loop, client by client, merged. */
function plannedTimes(plan: LoadPlan, clients: number): number[] {
  const times: number[] = [];
  for (let client = 0; client < clients; client++) {
    for (let index = 0;; index++) {
      const plannedNs = plan.next(client, index, 0);
      if (plannedNs === undefined) break;
      times[index * clients + client] = plannedNs;
    }
  }
  return times;
}

Deno.test("LoadPlan of an open loop plans request j at start + j / rate, without drift", () => {
  fc.assert(fc.property(openLoop, (options) => {
    const plan = new LoadPlan(options, options.startNs);
    const times = plannedTimes(plan, options.clients);
    for (const [j, plannedNs] of times.entries()) {
      const exactNs = j / options.ratePerSecond * SECOND_NS;
      assert.ok(Math.abs(plannedNs - options.startNs - exactNs) <= 1, `request ${j}`);
    }
    assert.equal(plan.lastPlannedNs, times.at(-1));
    assert.equal(plan.plannedAfterNs(times.length), undefined);
    assert.equal(plan.plannedAfterNs(times.length - 1), times.at(-1));
  }));
});

Deno.test("LoadPlan.dueCount() and measuredAmong() agree with counting one by one", () => {
  const at = fc.double({ min: -0.2, max: 1.2, noNaN: true });
  fc.assert(fc.property(openLoop, fc.array(at, { maxLength: 20 }), (options, shares) => {
    const plan = new LoadPlan(options, options.startNs);
    const times = plannedTimes(plan, options.clients);
    const spanNs = plan.lastPlannedNs - options.startNs;
    const moments = [
      ...shares.map((share) => options.startNs + share * spanNs),
      ...times.flatMap((ns) => [ns - 1, ns - 0.3, ns, ns + 0.3, ns + 1]),
    ];
    for (const nowNs of moments) {
      const due = times.filter((ns) => ns <= nowNs);
      assert.equal(plan.dueCount(nowNs), due.length);
      const measured = due.filter((ns) => ns >= options.startNs + options.warmupNs);
      assert.equal(plan.measuredAmong(due.length), measured.length);
    }
  }));
});

Deno.test("LoadPlan of an open loop measures exactly --count requests, or those of --duration", () => {
  fc.assert(fc.property(openLoop, (options) => {
    const { ratePerSecond, count, durationNs, startNs } = options;
    const plan = new LoadPlan(options, startNs);
    const times = plannedTimes(plan, options.clients);
    const measured = times.filter((ns) => plan.isMeasured(ns)).length;
    if (durationNs === Infinity) return assert.equal(measured, count);
    // `durationNs` is a multiple of the interval, up to rounding.
    const inTime = Math.round(durationNs / 1e9 * ratePerSecond);
    assert.equal(measured, Math.min(count, inTime));
  }));
});

Deno.test("LoadPlan of an open loop sends rate x duration requests, whatever the fractions", () => {
  for (
    const [ratePerSecond, ms, requests] of [
      [100, 290, 29],
      [100, 70, 7],
      [0.3, 10_000, 3],
      [0.3, 1000, 1],
      [3, 1000, 3],
      [1e7, 1000, 1e7],
      [2000, 10_000, 20_000],
    ] as const
  ) {
    for (const warmupMs of [0, 70, 290, 1000]) {
      const options = {
        ratePerSecond,
        clients: 1,
        count: Infinity,
        durationNs: ms * 1e6,
        warmupNs: warmupMs * 1e6,
      };
      const plan = new LoadPlan(options, 123);
      const all = plan.dueCount(Infinity);
      assert.equal(plan.measuredAmong(all), requests, `${ratePerSecond}/s, ${ms}, ${warmupMs}`);
    }
  }
});

Deno.test("LoadPlan of a closed loop ends after --count measured requests, all clients together", () => {
  const options = { ratePerSecond: undefined, clients: 2, durationNs: Infinity, warmupNs: 100 };
  const plan = new LoadPlan({ ...options, count: 3 }, 1000);
  const send = (client: number, nowNs: number) => {
    const plannedNs = plan.next(client, 0, nowNs);
    if (plannedNs !== undefined) plan.sent(plannedNs);
    return plannedNs;
  };
  for (const nowNs of [1000, 1050, 1099]) assert.equal(send(0, nowNs), nowNs, "warm-up");
  assert.equal(plan.isMeasured(1099), false);
  assert.equal(send(0, 1100), 1100);
  assert.equal(send(1, 1100), 1100);
  assert.equal(send(1, 5000), 5000);
  assert.equal(send(0, 5001), undefined);
  assert.equal(plan.isMeasured(1100), true);
});

Deno.test("LoadPlan of a closed loop ends when --duration is over, counted from the warm-up's end", () => {
  const options = { ratePerSecond: undefined, clients: 1, durationNs: 500, warmupNs: 100 };
  const plan = new LoadPlan({ ...options, count: Infinity }, 1000);
  assert.equal(plan.next(0, 0, 1599), 1599);
  assert.equal(plan.next(0, 0, 1600), undefined);
  assert.equal(plan.lastPlannedNs, 1600);
});

Deno.test("LoadPlan.stop() ends both kinds of loop", () => {
  for (const ratePerSecond of [undefined, 10]) {
    const options = { ratePerSecond, clients: 1, count: 10, durationNs: Infinity, warmupNs: 0 };
    const plan = new LoadPlan(options, 0);
    assert.equal(plan.next(0, 0, 0), 0);
    plan.stop();
    assert.equal(plan.next(0, 0, 0), undefined);
    assert.equal(plan.plannedAfterNs(1), undefined);
  }
});
