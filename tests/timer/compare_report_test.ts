import assert from "node:assert/strict";
import {
  type Comparison,
  comparisonJson,
  comparisonText,
  conclusion,
} from "../../lib/timer/compare_report.ts";
import { compareRuns, type PercentileComparison } from "../../lib/timer/compare_runs.ts";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { PLAIN_STYLE, styleFor } from "../../lib/terminal/style.ts";

const slices = (count: number, ns = 1500) =>
  Array.from({ length: count }, () => [{ ns, count: 10 }]);

const p50: PercentileComparison = {
  percentile: 50,
  a: 1500,
  b: 1800,
  ratio: 1.2,
  interval: [1.15, 1.25],
  verdict: "slower",
};
const p90: PercentileComparison = {
  percentile: 90,
  a: 2000,
  b: 1991,
  ratio: 0.996,
  interval: [0.96, 1.01],
  verdict: "same",
};
const p99: PercentileComparison = {
  percentile: 99,
  a: 2000,
  b: 30_000,
  ratio: 15,
  interval: [0.5, Infinity],
  verdict: undefined,
};

const base: Comparison = {
  a: "before.hlog",
  b: "after.hlog",
  tag: "response",
  slicesA: slices(16),
  slicesB: slices(20, 1800),
  isInNanoseconds: true,
  percentiles: [p50, p90, p99],
};
const saying = (changes: Partial<Comparison>) => conclusion({ ...base, ...changes });

Deno.test("conclusion() names each difference, its size and how sure it is", () => {
  assert.equal(
    saying({ percentiles: [p50, p90] }),
    "B is slower at p50 (+20 %): 99 % sure of each, within these two runs",
  );
  const faster: PercentileComparison = { ...p90, ratio: 0.955, verdict: "faster" };
  assert.equal(
    saying({ percentiles: [p50, faster] }),
    "B is slower at p50 (+20 %), faster at p90 (-4.5 %): 99 % sure of each, " +
      "within these two runs",
  );
});

Deno.test("conclusion() says where there is no difference beyond chance", () => {
  assert.equal(
    saying({ percentiles: [p90] }),
    "no difference beyond chance at p90 (99 % intervals)",
  );
  const same = [50, 90, 99].map((percentile) => ({ ...p90, percentile }));
  assert.equal(
    saying({ percentiles: same }),
    "no difference beyond chance at p50, p90 and p99 (99 % intervals)",
  );
});

Deno.test("conclusion() says what cannot be told, and never calls that a difference", () => {
  const reason =
    "cannot be told: too few samples, or slices of time too unlike; measure for longer";
  assert.equal(saying({ percentiles: [p99] }), `p99 ${reason}`);
  assert.equal(
    saying({ percentiles: [p90, p99, { ...p99, percentile: 99.9 }] }),
    `no difference beyond chance at p90 (99 % intervals); p99 and p99.9 ${reason}`,
  );
  assert.equal(
    saying({}),
    "B is slower at p50 (+20 %): 99 % sure of each, within these two runs; " +
      `p99 ${reason}`,
  );
});

Deno.test("conclusion() asks for longer runs when slices are too few, empty ones left out", () => {
  const percentiles = [{ ...p50, interval: undefined, verdict: undefined }];
  assert.equal(
    saying({ percentiles, slicesA: slices(3), slicesB: [...slices(7), [], [{ ns: 1, count: 0 }]] }),
    "how sure that is cannot be told: at least 8 slices of time are needed, " +
      "and there are 3 and 7; measure for longer",
  );
  assert.doesNotMatch(saying({ slicesA: slices(8), slicesB: slices(8) }), /are needed/);
  assert.equal(
    saying({ percentiles: [], slicesA: [], slicesB: [] }),
    "too few samples to compare",
  );
});

Deno.test("comparisonText() shows values, difference, interval and verdict side by side", () => {
  const lines = comparisonText(base, 80, PLAIN_STYLE).split("\n");
  assert.deepEqual(lines.slice(0, 6), [
    "response: A before.hlog, 160 samples; B after.hlog, 200 samples",
    "",
    "           A        B   B to A         99 % sure  verdict",
    "p50  1.50 us  1.80 us    +20 %    +15 % to +25 %  slower",
    "p90  2.00 us  1.99 us   -0.4 %  -4.0 % to +1.0 %  same",
    "p99  2.00 us  30.0 us  +1400 %        from -50 %  ?",
  ]);
  assert(lines.includes("█ A before.hlog  ░ B after.hlog"));
  assert(lines.some((line) => /^1\.50 us -\s+100% █+$/.test(line)), lines.join("\n"));
  assert(lines.at(-1) === "" && lines.at(-2) !== "", "ends with one line feed");
});

Deno.test("comparisonText() shows what bounds a difference on one side only, or not at all", () => {
  const shown = (interval: readonly [number, number]) =>
    comparisonText({ ...base, percentiles: [{ ...p99, interval }] }, undefined, PLAIN_STYLE);
  assert.match(shown([1.5, Infinity]), / from \+50 % {2}\?\n/);
  assert.match(shown([0, 1.5]), / up to \+50 % {2}\?\n/);
  assert.match(shown([0, Infinity]), / anything {2}\?\n/);
  assert.match(shown([0.99996, 1.00004]), / \+0\.0 % to \+0\.0 % {2}\?\n/);
});

Deno.test("comparisonText() fits into the terminal, and names the same things in each width", () => {
  const long = { a: `${"字".repeat(60)}.hlog`, b: "b ".repeat(50) };
  for (const comparison of [base, { ...base, ...long }, { ...base, isInNanoseconds: false }]) {
    for (const columns of [40, 80, 200]) {
      const text = comparisonText(comparison, columns, PLAIN_STYLE);
      for (const line of text.split("\n")) {
        assert(displayWidth(line) <= columns, `${columns}: ${line}`);
      }
      const flat = text.replace(/\s+/g, " ");
      assert(flat.includes(conclusion(comparison)));
      assert(flat.includes("+15 % to +25 %"));
    }
  }
});

Deno.test("comparisonText() shows plain numbers when their unit is not known", () => {
  const text = comparisonText({ ...base, isInNanoseconds: false }, 80, PLAIN_STYLE);
  assert.match(text, /^p50 {2}1,500 {3}1,800 /m);
  assert.match(text, /^1,500 - /m);
  assert.doesNotMatch(text, /\d (?:ns|us|ms|s)\b/);
});

Deno.test("comparisonText() makes names and tags of others safe, and leaves out an empty tag", () => {
  const hostile = { a: "a\u001b[2J.hlog", b: "b\r\nB is faster", tag: "t\u202e" };
  const text = comparisonText({ ...base, ...hostile }, 80, styleFor({ hasColor: false }));
  // deno-lint-ignore no-control-regex -- these must not get through
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  assert.match(text, /^t\\u\{202e\}: A a\\x1b\[2J\.hlog, 160 samples; B b\\x0d\\x0aB is faster, /);
  assert.match(comparisonText({ ...base, tag: "" }, 80, PLAIN_STYLE), /^A before\.hlog, /);
});

Deno.test("comparisonText() colours nothing but titles, the answer and bars", () => {
  const colored = comparisonText(base, 80, styleFor({ hasColor: true }));
  // deno-lint-ignore no-control-regex -- ESC begins a colour
  assert.equal(colored.replace(/\u001b\[\d+m/g, ""), comparisonText(base, 80, PLAIN_STYLE));
  assert(colored.includes("\u001b[1mB is slower at p50"));
});

Deno.test("comparisonText() says so when there is nothing to compare", () => {
  const text = comparisonText(
    { ...base, percentiles: [], slicesA: [], slicesB: [] },
    40,
    PLAIN_STYLE,
  );
  assert.match(text, /^too few samples to compare$/m);
});

Deno.test("comparisonJson() is one line, null where nothing is known", () => {
  const hostile = { a: "a\u001b.hlog", tag: "\u202e" };
  const line = comparisonJson({ ...base, ...hostile, isInNanoseconds: false });
  // deno-lint-ignore no-control-regex -- these must not get through
  assert.doesNotMatch(line, /[\u0000-\u001f\u202e]/);
  const unknown = { ...p50, interval: undefined, verdict: undefined };
  assert.deepEqual(JSON.parse(line), {
    type: "comparison",
    tag: "\u202e",
    unit: null,
    a: { file: "a\u001b.hlog", count: 160, slices: 16 },
    b: { file: "after.hlog", count: 200, slices: 20 },
    conclusion: conclusion(base),
    percentiles: [
      { percentile: 50, a: 1500, b: 1800, ratio: 1.2, low: 1.15, high: 1.25, verdict: "slower" },
      { percentile: 90, a: 2000, b: 1991, ratio: 0.996, low: 0.96, high: 1.01, verdict: "same" },
      { percentile: 99, a: 2000, b: 30_000, ratio: 15, low: 0.5, high: null, verdict: null },
    ],
  });
  const none = JSON.parse(comparisonJson({
    ...base,
    percentiles: [unknown, { ...p99, interval: [0, Infinity] }],
  }));
  assert.equal(none.unit, "ns");
  for (const { low, high, verdict } of none.percentiles) {
    assert.deepEqual([low, high, verdict], [null, null, null]);
  }
});

Deno.test("comparisonText() and comparisonJson() take what compareRuns() finds, zeros and all", () => {
  const [slicesA, slicesB] = [slices(16, 0), slices(16, 3)];
  const comparison = { ...base, slicesA, slicesB, percentiles: compareRuns(slicesA, slicesB) };
  assert.match(conclusion(comparison), /^B is slower at p50 \(\+200 %\), slower at p90 /);
  assert.match(comparisonText(comparison, 80, PLAIN_STYLE), /^p50 +0 ns +3 ns +\+200 % /m);
  assert.equal(JSON.parse(comparisonJson(comparison)).percentiles[0].a, 0);
});
