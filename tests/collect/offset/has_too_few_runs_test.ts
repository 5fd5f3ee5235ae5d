import assert from "node:assert/strict";
import { hasTooFewRuns } from "../../../lib/collect/offset/has_too_few_runs.ts";

const signs = (text: string) => [...text].map((sign) => sign === "+" ? 1 : -1);

Deno.test("hasTooFewRuns() says no to fewer signs than could tell", () => {
  for (const text of ["", "+", "++", "+++", "++++", "-----"]) {
    assert.equal(hasTooFewRuns(signs(text)), false, text);
  }
});

Deno.test("hasTooFewRuns() says yes to a bow and no to what alternates", () => {
  assert.equal(hasTooFewRuns(signs("++++----------++++")), true);
  assert.equal(hasTooFewRuns(signs("+-+-+-+-+-+-+-+-+-")), false);
  assert.equal(hasTooFewRuns(signs("+--+-++-+---++-+-+")), false);
});

for (const count of [3, 5, 6, 8, 11, 12, 14]) {
  Deno.test(`hasTooFewRuns() is wrong for at most 5 % of all ${count} signs, and not timid`, () => {
    let refused = 0;
    const byRuns = new Map<number, { all: number; refused: number }>();
    for (let bits = 0; bits < 2 ** count; bits++) {
      const residuals = Array.from({ length: count }, (_, k) => (bits >> k) & 1 ? 1 : -1);
      const runs = 1 + residuals.filter((sign, k) => k > 0 && sign !== residuals[k - 1]).length;
      const isRefused = hasTooFewRuns(residuals);
      if (isRefused) refused++;
      const row = byRuns.get(runs) ?? { all: 0, refused: 0 };
      byRuns.set(runs, { all: row.all + 1, refused: row.refused + (isRefused ? 1 : 0) });
    }
    assert.ok(refused <= 0.05 * 2 ** count);
    const kept = [...byRuns].filter(([, row]) => row.refused === 0).map(([runs]) => runs);
    const next = byRuns.get(Math.min(...kept))?.all ?? 0;
    assert.ok(refused + next > 0.05 * 2 ** count, "one more run could be refused");
  });
}
