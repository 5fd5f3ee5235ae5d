import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPairedBars } from "../../lib/terminal/paired_bars.ts";
import { styleFor } from "../../lib/terminal/style.ts";
import { knownText, knownWidth } from "./pieces.ts";

Deno.test("formatPairedBars() compares shares, so that runs of different length compare", () => {
  const pairs = [
    { label: "10 us", a: 50, b: 500 },
    { label: "字", a: 25, b: 500 },
    { label: "30 us", a: 25, b: 0 },
  ];
  assert.deepEqual(formatPairedBars({ pairs, names: ["before", "after"], columns: 33 }), [
    "█ before  ░ after",
    "10 us  50.0% ████████████████████",
    "       50.0% ░░░░░░░░░░░░░░░░░░░░",
    "   字  25.0% ██████████",
    "       50.0% ░░░░░░░░░░░░░░░░░░░░",
    "30 us  25.0% ██████████",
    "        0.0%",
  ]);
});

Deno.test("formatPairedBars() shows what is there, however little", () => {
  const pairs = [{ label: "x", a: 99_999, b: 1 }, { label: "y", a: 1, b: 0 }];
  const [, , , tiny] = formatPairedBars({ pairs, names: ["a", "b"], columns: 40 });
  assert.equal(tiny, "y  <0.1% █");
});

Deno.test("formatPairedBars() colours the two series apart", () => {
  const style = styleFor({ hasColor: true });
  const pairs = [{ label: "x", a: 1, b: 1 }];
  const [legend, a, b] = formatPairedBars({ pairs, names: ["a", "b"], columns: 12, style });
  assert.equal(legend, "\u001b[36m█\u001b[39m a  \u001b[33m░\u001b[39m b");
  assert.equal(a, "x   100% \u001b[36m███\u001b[39m");
  assert.equal(b, "    100% \u001b[33m░░░\u001b[39m");
});

Deno.test("formatPairedBars() keeps within the columns", () => {
  const pairs = fc.array(
    fc.record({ label: knownText(30).map(({ text }) => text), a: fc.nat(1000), b: fc.nat(1000) }),
  );
  fc.assert(fc.property(pairs, fc.integer({ min: 24, max: 200 }), (some, columns) => {
    const names = ["a rather long name", "字字字字字字字字字"] as const;
    for (const line of formatPairedBars({ pairs: some, names, columns })) {
      assert(knownWidth(line) <= columns, line);
      assert.equal(line, line.trimEnd());
    }
  }));
});
