import assert from "node:assert/strict";
import fc from "fast-check";
import { formatProgress } from "../../lib/terminal/progress.ts";
import { styleFor } from "../../lib/terminal/style.ts";
import { knownText, knownWidth } from "./pieces.ts";

const some = {
  label: "words.txt",
  done: 45 * 2 ** 20,
  total: 100 * 2 ** 20,
  elapsedMs: 20_000,
  ratePerSecond: 12.3 * 2 ** 20,
  unit: "bytes",
} as const;

for (
  const [columns, line] of [
    [100, "words.txt  █████████████▌░░░░░░░░░░░░░░░░   45%  45 MiB/100 MiB  12.3 MiB/s  ETA 5 s"],
    [70, "words.txt  ███████▏░░░░░░░░   45%  45 MiB/100 MiB  12.3 MiB/s  ETA 5 s"],
    [62, "words.txt  ███▌░░░░   45%  45 MiB/100 MiB  12.3 MiB/s  ETA 5 s"],
    [47, "words.txt  ████░░░░░   45%  12.3 MiB/s  ETA 5 s"],
    [46, "words.txt  ███▌░░░░   45%  12.3 MiB/s  ETA 5 s"],
    [40, "words.txt   45%  12.3 MiB/s  ETA 5 s"],
    [30, "words.txt   45%  ETA 5 s"],
    [20, "words.txt   45%"],
    [10, "word…  45%"],
    [4, "45%"],
    [2, "4…"],
  ] as const
) {
  Deno.test(`formatProgress() drops parts in order at ${columns} columns`, () => {
    assert.equal(formatProgress({ ...some, columns }), line);
  });
}

Deno.test("formatProgress() without a total shows count, rate and time", () => {
  const counting = { label: "seen", done: 1_234_567, elapsedMs: 80_000, ratePerSecond: 2000 };
  const at = (columns: number) => formatProgress({ ...counting, columns });
  assert.equal(at(60), "seen  1,234,567  2,000/s  1 min 20 s");
  assert.equal(at(30), "seen  1,234,567  2,000/s");
  assert.equal(at(16), "seen  1,234,567");
  assert.equal(at(13), "s…  1,234,567");
});

Deno.test("formatProgress() says how long it took when it is done", () => {
  const columns = 40;
  assert.match(formatProgress({ ...some, done: some.total, columns }), /100% .* in 20 s$/);
  const empty = { label: "x", done: 0, total: 0, elapsedMs: 0, ratePerSecond: undefined, columns };
  assert.equal(formatProgress({ ...empty, columns: 20 }), "x  100%  in 0 ms");
});

Deno.test("formatProgress() promises no end while nothing moves or it is too early", () => {
  for (const ratePerSecond of [0, undefined]) {
    assert.doesNotMatch(formatProgress({ ...some, ratePerSecond, columns: 100 }), /ETA/);
  }
});

Deno.test("formatProgress() shows 100% only when all is done", () => {
  assert.match(formatProgress({ ...some, done: some.total - 1, columns: 40 }), / 99%/);
});

Deno.test("formatProgress() keeps within the columns, with and without colours", () => {
  const inputs = fc.record({
    label: knownText(20).map(({ text }) => text),
    done: fc.nat(),
    total: fc.option(fc.nat(), { nil: undefined }),
    elapsedMs: fc.nat(),
    ratePerSecond: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined }),
    unit: fc.constantFrom("count", "bytes"),
    columns: fc.integer({ min: 1, max: 200 }),
  });
  fc.assert(
    fc.property(inputs, (input) => {
      const line = formatProgress(input);
      assert(knownWidth(line) <= input.columns, line);
      const colored = formatProgress({ ...input, style: styleFor({ hasColor: true }) });
      // deno-lint-ignore no-control-regex -- colours
      assert.equal(colored.replace(/\u001b\[\d+m/g, ""), line);
    }),
    { numRuns: 1000 },
  );
});
