import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  PatternSearch,
  SlowPattern,
} from "../../../../lib/mapreduce/jobs/built_in/pattern_search.ts";
import { openGrep } from "../../../../lib/mapreduce/jobs/built_in/grep.ts";
import { withinTime } from "../../../../lib/mapreduce/jobs/built_in/within_time.ts";
import type { InputRecord } from "../../../../lib/mapreduce/input/record.ts";
import { WarcFields } from "../../../../lib/mapreduce/input/warc_fields.ts";
import { inputOf, keptSigns, runJob } from "../run_job.ts";

/** Backtracks for years. */
const SLOW = "^(a+)+$";
const LINE = `${"a".repeat(50)}b`;

function recordOf(text: string, isPage: boolean): InputRecord {
  const encoder = new TextEncoder();
  const fields = isPage ? new WarcFields(encoder.encode("WARC/1.0\r\n")) : undefined;
  return { input: 0, offset: 7, body: encoder.encode(text), fields };
}

Deno.test("PatternSearch finds what matchAll() finds in each line", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "é", "😀", "\n", " "), maxLength: 60 });
  const patterns = fc.constantFrom("a+", "b*", "^.", "$", "", "[^ab]+", "(?<=a)b", "😀|é");
  fc.assert(fc.property(fc.array(fc.tuple(text, fc.boolean())), patterns, (records, pattern) => {
    const regex = new RegExp(pattern, "gu");
    const batch = records.map(([text, isPage]) =>
      recordOf(isPage ? text : text.replaceAll("\n", ""), isPage)
    );
    const lines = batch.flatMap(({ body, fields }) => {
      const text = new TextDecoder().decode(body);
      return fields === undefined ? [text] : text.split("\n");
    });
    const expected = lines.flatMap((line) => [...line.matchAll(regex)].map(([found]) => found));
    const found = [...new PatternSearch(regex, 1000).search(batch)].flat();
    assert.deepEqual(found, expected.filter((match) => match !== ""));
  }));
});

Deno.test("PatternSearch gives many matches in parts", () => {
  const search = new PatternSearch(/./gu, 1000);
  const parts = [...search.search([recordOf("x".repeat(20_000), false)])];
  assert(parts.length > 1);
  assert.equal(parts.flat().length, 20_000);
});

Deno.test("PatternSearch names the line that takes too long, after all before it", () => {
  const search = new PatternSearch(new RegExp(`ok|${SLOW}`, "gu"), 500);
  const found: string[] = [];
  assert.throws(() => {
    const slow = recordOf(`ok 2\n${LINE}\nok 3`, true);
    for (const part of search.search([recordOf("ok 1", false), slow])) found.push(...part);
  }, (error) => {
    assert(error instanceof SlowPattern);
    assert.deepEqual([error.record.offset, error.text], [7, LINE]);
    return true;
  });
  assert.deepEqual(found, ["ok", "ok"]);
});

Deno.test("openGrep() fails for good at a line that takes too long, and works on behind it", async () => {
  await using job = openGrep({ type: "grep", pattern: SLOW }, 500);
  await assert.rejects(runJob(job, [inputOf(["aa", LINE])]), {
    name: "JobError",
    isFinal: true,
    message: 'pages.txt at byte 3: the pattern "^(a+)+$" is too slow: ' +
      `it takes more than 500 ms for one line, "${"a".repeat(40)}…"`,
  });
  const { lines } = await runJob(job, [inputOf(["aa"])], { signs: keptSigns().signs });
  assert.deepEqual(lines, ["aa\t1"]);
});

Deno.test("withinTime() stops what does not end, and throws what is thrown", () => {
  let count = 0;
  assert.equal(withinTime(() => void count++, 1000), true);
  assert.equal(count, 1);
  assert.equal(
    withinTime(() => {
      for (;;) count++;
    }, 20),
    false,
  );
  assert.throws(() => withinTime(() => assert.fail("own"), 1000), { message: "own" });
});
