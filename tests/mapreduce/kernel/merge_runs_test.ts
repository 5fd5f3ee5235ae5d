import assert from "node:assert/strict";
import fc from "fast-check";
import { BytesSource } from "./bytes_source.ts";
import { forEachEntry } from "./for_each_entry.ts";
import { mergeRuns } from "../../../lib/mapreduce/kernel/merge_runs.ts";
import { RunError } from "../../../lib/mapreduce/kernel/run_error.ts";
import { RunReader } from "../../../lib/mapreduce/kernel/run_reader.ts";
import { compareText, entriesAt, fromLatin1, latin1, runOf } from "./naive.ts";

/** Keys that often are equal, begin each other, or differ only behind the prefix. */
const key = fc.oneof(
  fc.constantFrom("", "a", "a\0", "aaaaaa", "aaaaaa\0", "aaaaaab", "aaaaaac", "\xff".repeat(6)),
  fc.uint8Array({ maxLength: 9 }).map(latin1),
);
const run = fc.array(key, { maxLength: 30 }).map((keys) => keys.sort(compareText));
const runs = fc.array(run, { maxLength: 12 });

Deno.test("mergeRuns() equals a stable sort of everything, however few bytes come at a time", async () => {
  await fc.assert(
    fc.asyncProperty(runs, fc.integer({ min: 1, max: 60 }), async (given, blockBytes) => {
      const all = given.flatMap((keys, task) =>
        keys.map((key, place) => [key, `${task}.${place}`] as const)
      );
      const expected = all.sort(([a], [b]) => compareText(a, b)).map((entry) => entry.join("\t"));
      const written = given.map((keys, task) =>
        runOf(keys.map((key, i) => [fromLatin1(key), fromLatin1(`${task}.${i}`)]), blockBytes)
      );
      const fast = written.map((bytes) => new RunReader(new BytesSource(bytes)));
      assert.deepEqual(await entriesAt(mergeRuns(fast)), expected);
      const slow = written.map((bytes) => new RunReader(new BytesSource(bytes, 11)));
      assert.deepEqual(await entriesAt(mergeRuns(slow)), expected);
    }),
    { numRuns: 200 },
  );
});

Deno.test("mergeRuns() of merges equals the merge of all, if neighbours are merged", async () => {
  const written = Array.from({ length: 9 }, (_, task) =>
    runOf(
      Array.from({ length: 20 }, (_, i) => [fromLatin1(`k${i % 10 > 4}`), fromLatin1(`${task}`)])
        .sort(([a], [b]) => compareText(latin1(a as Uint8Array), latin1(b as Uint8Array))) as [
          Uint8Array,
          Uint8Array,
        ][],
    ));
  const open = () => written.map((bytes) => new RunReader(new BytesSource(bytes)));
  const [a, b] = [open(), open()];
  const tree = mergeRuns([
    mergeRuns(a.slice(0, 4)),
    mergeRuns(a.slice(4, 5)),
    mergeRuns(a.slice(5)),
  ]);
  assert.deepEqual(await entriesAt(tree), await entriesAt(mergeRuns(b)));
});

Deno.test("mergeRuns() gives the error of a torn run, and forEachEntry() closes all", async () => {
  const whole = runOf([[fromLatin1("a"), fromLatin1("1")], [fromLatin1("c"), fromLatin1("2")]]);
  let closed = 0;
  const cursors = [whole, whole.subarray(0, whole.length - 1), whole].map((bytes) => {
    const source = new BytesSource(bytes);
    return new RunReader({ read: (buffer) => source.read(buffer), close: () => void closed++ });
  });
  await assert.rejects(
    forEachEntry(mergeRuns(cursors), () => {}),
    (error) => error instanceof RunError && error.code === "torn",
  );
  assert.ok(closed >= 3);
});

Deno.test("forEachEntry() waits for what is asynchronous", async () => {
  const cursor = new RunReader(
    new BytesSource(
      runOf([["a", "b"], ["b", "c"]].map((e) => e.map(fromLatin1) as [Uint8Array, Uint8Array])),
    ),
  );
  const seen: string[] = [];
  await forEachEntry(cursor, async (entry) => {
    const key = latin1(entry.bytes.subarray(entry.keyStart, entry.keyEnd));
    seen.push(`<${key}`);
    await Promise.resolve();
    seen.push(`${key}>`);
  });
  assert.deepEqual(seen, ["<a", "a>", "<b", "b>"]);
});
