import assert from "node:assert/strict";
import fc from "fast-check";
import { formatBars } from "../../lib/terminal/bars.ts";
import { knownText, knownWidth } from "./pieces.ts";

Deno.test("formatBars() draws bars to scale, a sliver at least, none for nothing", () => {
  const bars = [
    { label: "字", count: 100 },
    { label: "half", count: 50 },
    { label: "e\u0301", count: 1 },
    { label: "none", count: 0 },
  ];
  assert.deepEqual(formatBars(bars, 30), [
    "  字  100 ███████████████████",
    "half   50 █████████▌",
    "   e\u0301    1 ▎",
    "none    0",
  ]);
});

Deno.test("formatBars() shows at least a sliver, and cuts labels that leave no room", () => {
  const bars = [{ label: "much", count: 1_000_000 }, { label: "a long label", count: 1 }];
  assert.deepEqual(formatBars(bars, 20), [
    "      much  1000000 █",
    "a long la…        1 ▏",
  ]);
});

Deno.test("formatBars() keeps within the columns", () => {
  const bars = fc.array(
    fc.record({ label: knownText(30).map(({ text }) => text), count: fc.nat(100_000) }),
  );
  fc.assert(fc.property(bars, fc.integer({ min: 24, max: 200 }), (some, columns) => {
    for (const line of formatBars(some, columns)) assert(knownWidth(line) <= columns, line);
  }));
});
