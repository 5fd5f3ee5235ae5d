import assert from "node:assert/strict";
import * as fc from "fast-check";
import { DocumentList } from "../../../../lib/mapreduce/jobs/built_in/document_list.ts";
import { SeenKeys } from "../../../../lib/mapreduce/jobs/built_in/seen_keys.ts";
import { WordPlaces } from "../../../../lib/mapreduce/jobs/built_in/word_places.ts";
import { openJob } from "../../../../lib/mapreduce/jobs/open_job.ts";
import { PartitionWriters } from "../../../../lib/mapreduce/kernel/partition_writers.ts";
import { RunReader } from "../../../../lib/mapreduce/kernel/run_reader.ts";
import { BytesSource } from "../../kernel/bytes_source.ts";
import { RunsInMemory } from "../../kernel/naive.ts";
import { inputOf, plainParts, runJob } from "../run_job.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function drained(places: WordPlaces, partitions: number): Uint8Array[] {
  const memory = new RunsInMemory();
  const writers = new PartitionWriters(partitions, memory.sinkOf);
  places.drain(writers, partitions);
  writers.finish();
  return memory.runs;
}

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

Deno.test("DocumentList takes lists, whatever was said of their documents before", () => {
  const names = fc.constantFrom("", "a", "b", "ab", "http://c/");
  const lists = fc.array(fc.array(fc.array(names, { minLength: 1 })));
  const list = new DocumentList();
  fc.assert(fc.property(lists, (groups) => {
    for (const group of groups) {
      list.clear();
      for (const documents of group) {
        const bytes = encoder.encode(documents.join(" "));
        list.add(bytes, 0, bytes.length);
      }
      assert.equal(decoder.decode(list.bytes), [...new Set(group.flat())].join(" "));
    }
  }));
  list.clear();
  const many = Array.from({ length: 5000 }, (_, i) => `http://d/${i % 4000}`);
  const bytes = encoder.encode(many.join(" "));
  list.add(bytes, 0, bytes.length);
  assert.equal(decoder.decode(list.bytes), many.slice(0, 4000).join(" "));
});

Deno.test("WordPlaces gives the documents of each word in order, in lists of limited length", () => {
  const places = new WordPlaces(Infinity);
  const expected = new Map<string, string[]>();
  for (let document = 0; document < 3000; document++) {
    const name = `http://example.org/${document}/`;
    places.begin(encoder.encode(name));
    for (const word of ["all", `n${document % 7}`, `o${document}`, "all"]) {
      const bytes = encoder.encode(`-${word}-`);
      assert(places.add(bytes, 1, bytes.length - 1));
      const names = expected.get(word) ?? [];
      if (names.at(-1) !== name) names.push(name);
      expected.set(word, names);
    }
  }
  assert.equal(places.size, 9000);
  const found = new Map<string, string[]>();
  let entries = 0;
  for (const run of drained(places, 3)) {
    const reader = new RunReader(new BytesSource(run), "run", { checksOrder: true });
    while (reader.next() || reader.load()) {
      const word = decoder.decode(reader.bytes.subarray(reader.keyStart, reader.keyEnd));
      const value = reader.bytes.subarray(reader.valueStart, reader.valueEnd);
      assert(value.length <= 32 * 1024);
      found.set(word, [...found.get(word) ?? [], ...decoder.decode(value).split(" ")]);
      entries++;
    }
  }
  assert.deepEqual(found, expected);
  assert.equal(entries, expected.size + 2);
  assert.equal(places.size, 0);
});

Deno.test("WordPlaces takes no place beyond its memory, but the first one always", () => {
  const places = new WordPlaces(20_000);
  const add = (text: string) => places.add(encoder.encode(text), 0, text.length);
  places.begin(encoder.encode("x".repeat(50_000)));
  assert(add("first"));
  assert(!add("second"));
  assert(add("first"));
  drained(places, 1);
  let documents = 0;
  do {
    places.begin(encoder.encode(`document ${documents++}`));
  } while (documents < 1000 && add("word"));
  assert(documents > 100 && documents < 1000, `${documents} documents`);
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
