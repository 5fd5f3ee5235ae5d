import assert from "node:assert/strict";
import fc from "fast-check";
import { compareRuns, MIN_SLICES, type Slices } from "../../lib/timer/compare_runs.ts";
import type { Recorded } from "../../lib/timer/histogram.ts";

/** Numbers from 0 to below 1, the same for the same seed (G. Steele et al., SplitMix, 2014). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Normally distributed numbers (G. Box and M. Muller, 1958). */
function normalFrom(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const records = (values: readonly number[]): Recorded[] => values.map((ns) => ({ ns, count: 1 }));

interface Simulated {
  readonly slices: number;
  readonly perSlice: number;
  /** How slices differ, as a standard deviation in log. */
  readonly spread: number;
  /** How alike neighbouring slices are: their correlation. */
  readonly alike: number;
}

/** Log-normal latencies around `median`, in slices that are slow or fast as a whole. */
function simulate(normal: () => number, median: number, simulated: Simulated): Slices {
  const { slices, perSlice, spread, alike } = simulated;
  let mood = normal();
  return Array.from({ length: slices }, () => {
    mood = alike * mood + Math.sqrt(1 - alike ** 2) * normal();
    return records(
      Array.from(
        { length: perSlice },
        () => Math.round(median * Math.exp(spread * mood + 0.3 * normal())),
      ),
    );
  });
}

/** Of 200 pairs of runs, how many get a verdict "slower" or "faster" at any percentile. */
function differing(ratio: number, simulated: Simulated): number {
  const normal = normalFrom(randomFrom(7));
  let differ = 0;
  for (let pair = 0; pair < 200; pair++) {
    const a = simulate(normal, 100_000, simulated);
    const b = simulate(normal, 100_000 * ratio, simulated);
    const verdicts = compareRuns(a, b).map(({ verdict }) => verdict);
    if (verdicts.includes("slower") || verdicts.includes("faster")) differ++;
  }
  return differ;
}

const verdicts = (a: Slices, b: Slices) => compareRuns(a, b).map(({ verdict }) => verdict);

/** 16 slices of 100 samples each, all different; the last five of each are ten times slower. */
const plain = (factor: number): Slices =>
  Array.from({ length: 16 }, (_, slice) =>
    records(Array.from({ length: 100 }, (_, i) => {
      return factor * (1000 + i * 16 + (i * 7 + slice * 5) % 16) * (i >= 95 ? 10 : 1);
    })));

for (const [slices, spread] of [[8, 0.05], [16, 0], [32, 0.05]] as const) {
  Deno.test(`compareRuns() takes chance for a difference in 1 % of pairs, ${slices} slices`, () => {
    const differ = differing(1, { slices, perSlice: 60, spread, alike: 0 });
    assert(differ <= 2, `${differ} of 200 alike pairs were told apart`);
  });
}

Deno.test("compareRuns() is not fooled by neighbouring slices that are alike", () => {
  const differ = differing(1, { slices: 32, perSlice: 60, spread: 0.1, alike: 0.5 });
  assert(differ <= 6, `${differ} of 200 alike pairs were told apart`);
});

Deno.test("compareRuns() finds 20 % in 9 pairs of 10 with 16 slices, in all but 1 % with 32", () => {
  for (const [slices, least] of [[16, 180], [32, 198]] as const) {
    const differ = differing(1.2, { slices, perSlice: 60, spread: 0.05, alike: 0 });
    assert(differ >= least, `${differ} of 200 were found with ${slices} slices`);
  }
});

Deno.test("compareRuns() finds no difference between a run and itself", () => {
  const run = plain(1);
  for (const { a, b, ratio, interval, verdict } of compareRuns(run, run)) {
    assert.equal(a, b);
    assert.equal(ratio, 1);
    assert(interval !== undefined && interval[0] <= 1 && interval[1] >= 1);
    assert.equal(verdict, "same");
  }
  assert.equal(compareRuns(run, run).length, 3);
});

Deno.test("compareRuns() finds twice the time at each percentile, and half of it backwards", () => {
  const [there, back] = [compareRuns(plain(1), plain(2)), compareRuns(plain(2), plain(1))];
  assert.deepEqual(there.map(({ percentile }) => percentile), [50, 90, 99]);
  for (const [index, { a, b, ratio, interval, verdict }] of there.entries()) {
    assert.equal(b, 2 * a);
    assert(Math.abs(ratio - 2) < 1e-9);
    assert(interval !== undefined && interval[0] <= 2 && interval[1] >= 2);
    assert.equal(back[index]?.a, b);
    assert(Math.abs((back[index]?.ratio ?? 0) - 0.5) < 1e-9);
    assert.equal(verdict, "slower");
    assert.equal(back[index]?.verdict, "faster");
  }
});

Deno.test("compareRuns() gives no verdict with too few slices that have samples", () => {
  const few = [...plain(2).slice(0, MIN_SLICES - 1), [], [{ ns: 5, count: 0 }]];
  for (const [a, b] of [[plain(1), few], [few, plain(1)]] as const) {
    const found = compareRuns(a, b);
    assert(found.length > 0);
    for (const { interval, verdict } of found) {
      assert.equal(interval, undefined);
      assert.equal(verdict, undefined);
    }
  }
  assert(verdicts(plain(1), plain(2).slice(0, MIN_SLICES)).includes("slower"));
});

Deno.test("compareRuns() gives no verdict on a tail that one slice made", () => {
  const stalled = plain(1).map((slice, at) =>
    at === 5 ? slice.map(({ ns, count }) => ({ ns: ns * 100, count })) : slice
  );
  const [p50, , p99] = compareRuns(plain(1), stalled);
  assert.equal(p50?.verdict, "same");
  assert((p99?.ratio ?? 0) > 5, "it looks much slower");
  assert.equal(p99?.verdict, undefined);
  assert.equal(p99?.interval?.[1], Infinity);
});

Deno.test("compareRuns() says nothing of an interval that holds twice and half the time", () => {
  const wild = Array.from(
    { length: 16 },
    (_, at) => records(Array.from({ length: 100 }, (_, i) => 100 * 3 ** (at * 7 % 16 % 5) + i)),
  );
  const [p50] = compareRuns(wild, wild);
  assert((p50?.interval?.[0] ?? 1) < 0.5 && (p50?.interval?.[1] ?? 1) > 2);
  assert((p50?.interval?.[1] ?? Infinity) < Infinity);
  assert.deepEqual([p50?.ratio, p50?.verdict], [1, undefined]);
});

Deno.test("compareRuns() is as sure of many short slices as of the long ones they join to", () => {
  const normal = normalFrom(randomFrom(1));
  const [a, b] = [1000, 1030].map((median) =>
    simulate(normal, median, { slices: 32, perSlice: 100, spread: 0.02, alike: 0 })
  ) as [Slices, Slices];
  const cut = (run: Slices) =>
    run.flatMap((slice) => Array.from({ length: 10 }, (_, i) => slice.slice(i * 10, i * 10 + 10)));
  assert.deepEqual(compareRuns(cut(a), cut(b)), compareRuns(a, b));
});

/** Runs of up to 40 slices, some empty, with few or many different values. */
const runs = fc.integer({ min: 1, max: 3000 }).chain((most) =>
  fc.array(
    fc.array(
      fc.record({ ns: fc.integer({ min: 0, max: most }), count: fc.integer({ min: 0, max: 300 }) }),
      { maxLength: 20 },
    ),
    { maxLength: 40, size: "max" },
  )
);

Deno.test("compareRuns() finds the percentiles that sorting finds", () => {
  fc.assert(fc.property(runs, runs, (a, b) => {
    const sorted = (run: Slices) =>
      run.flat().flatMap(({ ns, count }) => new Array<number>(count).fill(ns))
        .sort((x, y) => x - y);
    const [allA, allB] = [sorted(a), sorted(b)];
    const at = (all: number[], p: number) =>
      all[Math.max(0, Math.ceil(p / 100 * all.length - 1e-6) - 1)];
    for (const { percentile, a: inA, b: inB } of compareRuns(a, b)) {
      assert.equal(inA, at(allA, percentile));
      assert.equal(inB, at(allB, percentile));
    }
  }));
});

Deno.test("compareRuns() takes the 500th of 1,000 samples for p50, not the one after it", () => {
  const run = Array.from(
    { length: 10 },
    (_, slice) => records(Array.from({ length: 100 }, (_, i) => i * 10 + slice + 1)),
  );
  assert.deepEqual(
    compareRuns(run, run).map(({ percentile, a }) => [percentile, a]),
    [[50, 500], [90, 900], [99, 990]],
  );
});

Deno.test("compareRuns() gives the same answer again, and the inverse of it backwards", () => {
  fc.assert(fc.property(runs, runs, (a, b) => {
    const there = compareRuns(a, b);
    assert.deepEqual(compareRuns(structuredClone(a), structuredClone(b)), there);
    const back = compareRuns(b, a);
    const opposite = { slower: "faster", faster: "slower", same: "same" } as const;
    for (const [index, { ratio, interval, verdict }] of there.entries()) {
      const other = back[index];
      assert(other !== undefined);
      assert(Math.abs(ratio * other.ratio - 1) < 1e-9);
      assert.equal(other.verdict, verdict && opposite[verdict]);
      assert.equal(other.interval === undefined, interval === undefined);
      if (interval === undefined) continue;
      const [low, high] = interval;
      assert(low >= 0 && low <= ratio * (1 + 1e-9) && high >= ratio * (1 - 1e-9));
      if (high < Infinity) assert(Math.abs(high * (other.interval?.[0] ?? 0) - 1) < 1e-9);
      else assert.equal(other.interval?.[0], 0);
    }
  }));
});

Deno.test("compareRuns() finds nothing where there are too few samples", () => {
  assert.deepEqual(compareRuns([], []), []);
  assert.deepEqual(compareRuns([[], []], [[]]), []);
  assert.deepEqual(compareRuns([records([5])], plain(1)), []);
  assert.deepEqual(compareRuns(plain(1), [records([5])]), []);
  const nineteen = [[{ ns: 5, count: 19 }]];
  assert.deepEqual(compareRuns(nineteen, nineteen), []);
  assert.equal(compareRuns([[{ ns: 5, count: 20 }]], [[{ ns: 5, count: 20 }]]).length, 1);
});

Deno.test("compareRuns() takes 0 for 1, the least that a histogram tells apart", () => {
  const all = (ns: number): Slices => Array.from({ length: 8 }, () => [{ ns, count: 25 }]);
  const [same] = compareRuns(all(0), all(0));
  assert.deepEqual([same?.ratio, same?.interval, same?.verdict], [1, [1, 1], "same"]);
  const [slower] = compareRuns(all(0), all(4));
  assert.deepEqual([slower?.a, slower?.b, slower?.verdict], [0, 4, "slower"]);
  assert(Math.abs((slower?.ratio ?? 0) - 4) < 1e-9);
  assert.equal(compareRuns(all(4), all(0))[0]?.verdict, "faster");
});

Deno.test("compareRuns() takes under 2 s for two runs of 32 slices with 5,000 different values", () => {
  const random = randomFrom(3);
  const run = (): Slices =>
    Array.from(
      { length: 32 },
      () =>
        Array.from({ length: 5000 }, (_, i) => ({ ns: 1000 + i, count: Math.floor(random() * 9) })),
    );
  const [a, b] = [run(), run()];
  const startMs = performance.now();
  assert.equal(compareRuns(a, b).length, 5);
  assert(performance.now() - startMs < 2000);
});
