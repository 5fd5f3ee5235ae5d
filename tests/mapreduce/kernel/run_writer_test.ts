import assert from "node:assert/strict";
import { RunWriter } from "../../../lib/mapreduce/kernel/run_writer.ts";
import { entriesOf, fromLatin1, runOf } from "./naive.ts";

Deno.test("RunWriter writes the bytes that the format works out", () => {
  const run = runOf([[fromLatin1("a"), fromLatin1("1")], [fromLatin1("bc"), fromLatin1("")]]);
  const payload = [1, 0x61, 1, 0x31, 2, 0x62, 0x63, 0];
  assert.deepEqual([...run.subarray(0, 8)], [8, 0, 0, 0, 2, 0, 0, 0]);
  assert.deepEqual([...run.subarray(16, 24)], payload);
  assert.deepEqual([...run.subarray(24, 32)], [0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...run.subarray(40, 48)], [2, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal(run.length, 52);
});

Deno.test("RunWriter writes a run without entries", async () => {
  const run = runOf([]);
  assert.equal(run.length, 28);
  assert.deepEqual(await entriesOf(run), []);
});

Deno.test("RunWriter refuses a key that is smaller than the one before, also across blocks", () => {
  for (const blockBytes of [4, 1000]) {
    const writer = new RunWriter({ write: () => {} }, blockBytes);
    writer.add(fromLatin1("b"), fromLatin1("1"));
    writer.add(fromLatin1("b"), fromLatin1("2"));
    writer.add(fromLatin1("bb"), fromLatin1("2"));
    assert.throws(
      () => writer.add(fromLatin1("b\xff".slice(0, 1)), fromLatin1("3")),
      /^RangeError: The keys of a run must ascend$/,
    );
  }
});

Deno.test("RunWriter takes entries larger than a block, and lengths of several bytes", async () => {
  const large = "x".repeat(200_000);
  const lines = ["a\tb", `${large}\t${large}`, "y\tz"];
  const run = runOf(
    lines.map((line) => line.split("\t").map(fromLatin1) as [Uint8Array, Uint8Array]),
    100,
  );
  assert.deepEqual(await entriesOf(run), lines);
});

Deno.test("RunWriter.addEntries() takes entries that are encoded already", async () => {
  const parts: Uint8Array[] = [];
  const writer = new RunWriter({ write: (bytes) => void parts.push(bytes.slice()) }, 5);
  writer.addEntries(Uint8Array.of(1, 0x61, 1, 0x31, 1, 0x62, 1, 0x32), 2);
  writer.addEntries(new Uint8Array(0), 0);
  writer.addEntries(Uint8Array.of(1, 0x63, 0), 1);
  assert.equal(writer.records, 3);
  assert.equal(writer.finish().records, 3);
  const run = Uint8Array.from(parts.flatMap((part) => [...part]));
  assert.deepEqual(await entriesOf(run), ["a\t1", "b\t2", "c\t"]);
});
