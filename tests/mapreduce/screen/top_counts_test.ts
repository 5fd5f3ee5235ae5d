import assert from "node:assert/strict";
import fc from "fast-check";
import { topCounts } from "../../../lib/mapreduce/screen/top_counts.ts";
import { MemoryDisk } from "../memory_disk.ts";

/** The largest counts of files with this text. */
async function topOf(texts: readonly string[], most: number) {
  const folder = new MemoryDisk().folder("/out");
  for (const [i, text] of texts.entries()) {
    const file = await folder.create(`part-${i}`);
    await file.write(new TextEncoder().encode(text));
  }
  const names = texts.map((_, i) => `part-${i}`);
  return await topCounts(folder, [...names, "missing"], most);
}

Deno.test("topCounts() gives what sorting all lines gives", async () => {
  const key = fc.string({ unit: fc.constantFrom("a", "b", "é", "z"), maxLength: 4 });
  const count = fc.nat({ max: 20 });
  const lines = fc.uniqueArray(fc.tuple(key, count), { maxLength: 60, selector: ([key]) => key });
  await fc.assert(fc.asyncProperty(lines, fc.integer({ min: 1, max: 10 }), async (lines, most) => {
    const text = (from: number) =>
      lines.filter((_, i) => i % 2 === from).map(([key, n]) => `${key}\t${n}\n`).join("");
    const sorted = lines.toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const wanted = sorted.slice(0, most).map(([key, count]) => ({ key, count }));
    assert.deepEqual(await topOf([text(0), text(1)], most), wanted);
  }));
});

Deno.test("topCounts() reads more than fits at once, and lines that cross the border", async () => {
  const lines = Array.from({ length: 150_000 }, (_, i) => `word number ${i}\t${i}\n`);
  assert.deepEqual(await topOf([lines.join("")], 2), [
    { key: "word number 149999", count: 149_999 },
    { key: "word number 149998", count: 149_998 },
  ]);
});

Deno.test("topCounts() passes over lines without a count", async () => {
  const lines = "a\tx\nb\t\nc\t-1\nd\t1.5\ne\t\t7\nf\nf\\tg\t3\n";
  assert.deepEqual(await topOf([lines], 9), [{ key: "f\\tg", count: 3 }]);
});
