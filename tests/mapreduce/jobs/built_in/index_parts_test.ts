import assert from "node:assert/strict";
import * as fc from "fast-check";
import { DocumentList } from "../../../../lib/mapreduce/jobs/built_in/document_list.ts";
import { SeenKeys } from "../../../../lib/mapreduce/jobs/built_in/seen_keys.ts";
import { openJob } from "../../../../lib/mapreduce/jobs/open_job.ts";
import { inputOf, plainParts, runJob } from "../run_job.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

Deno.test("DocumentList gives each document once, in the order of their first appearance", () => {
  const list = new DocumentList();
  const lists = fc.array(fc.array(fc.constantFrom("", "a", "b", "ab", "c".repeat(40_000))));
  fc.assert(fc.property(lists, (groups) => {
    for (const documents of groups) {
      list.clear();
      for (const document of documents) {
        const bytes = encoder.encode(`xx${document}`);
        list.add(bytes, 2, bytes.length);
      }
      assert.equal(decoder.decode(list.bytes), [...new Set(documents)].join(" "));
    }
  }));
});

Deno.test("SeenKeys.isNew() is true once for each key, until it is cleared", () => {
  const seen = new SeenKeys();
  const isNew = (text: string) => {
    const bytes = encoder.encode(`-${text}-`);
    return seen.isNew(bytes, 1, bytes.length - 1);
  };
  for (const count of [3, 5000, 3]) {
    for (const expected of [true, false]) {
      for (let i = 0; i < count; i++) assert.equal(isNew(`key ${i}`), expected);
    }
    seen.clear();
  }
});

Deno.test("SeenKeys forgets when its memory is full, and takes a key of any size", () => {
  const seen = new SeenKeys(16 * 1024);
  const large = new Uint8Array(50_000);
  assert(seen.isNew(large, 0, large.length));
  let again = 0;
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 1000; i++) {
      const bytes = encoder.encode(`key ${i}`);
      if (seen.isNew(bytes, 0, bytes.length) && round > 0) again++;
    }
  }
  assert(again > 500);
});

Deno.test("index gives the same with little memory as with much", async () => {
  const words = Array.from({ length: 6000 }, (_, i) => `word${i * 7919 % 3001}`);
  const page = (uri: string, from: number) => ({
    head: `WARC-Target-URI: ${uri}\r\n`,
    body: words.slice(from, from + 4000).join(" "),
  });
  const input = inputOf([page("http://a/", 0), page("http://b c/", 1000)], [
    page("http://a/", 2000),
  ]);
  const run = async (memoryBytes: number) => {
    await using job = await openJob(
      { type: "index", tokens: "whitespace", foldCase: false },
      { ...plainParts, memoryBytes },
    );
    return await runJob(job, [input], { memoryBytes });
  };
  const [much, little] = [await run(16 << 20), await run(64 * 1024)];
  assert.deepEqual(little.outputs, much.outputs);
  assert.equal(much.lines.length, 3001);
  assert(much.lines.includes("word0\thttp://a/ http://b%20c/"));
  assert(little.maps[0]!.spills > 0);
});
