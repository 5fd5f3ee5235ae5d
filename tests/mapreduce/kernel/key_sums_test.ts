import assert from "node:assert/strict";
import { BytesSource } from "./bytes_source.ts";
import { forEachEntry } from "./for_each_entry.ts";
import { KeySums } from "../../../lib/mapreduce/kernel/key_sums.ts";
import { RunReader } from "../../../lib/mapreduce/kernel/run_reader.ts";
import { fromLatin1, latin1, runOf } from "./naive.ts";

async function sums(lines: string[]): Promise<string[]> {
  const entries = lines.map((line) => line.split("=").map(fromLatin1) as [Uint8Array, Uint8Array]);
  const seen: string[] = [];
  const adder = new KeySums((bytes, length, sum) => {
    seen.push(`${latin1(bytes.subarray(0, length))}=${sum}`);
  });
  await forEachEntry(
    new RunReader(new BytesSource(runOf(entries, 8))),
    (entry) => adder.add(entry),
  );
  adder.finish();
  return seen;
}

Deno.test("KeySums adds the counts of equal keys", async () => {
  const long = "l".repeat(1000);
  assert.deepEqual(
    await sums(["=1", "=2", "a=10", "a=0", "aa=7", `${long}=1`, `${long}=9007199254740990`]),
    ["=3", "a=10", "aa=7", `${long}=9007199254740991`],
  );
  assert.deepEqual(await sums([]), []);
});

Deno.test("KeySums refuses what is no count, and sums above 2^53 - 1", async () => {
  await assert.rejects(
    sums(["a=1x"]),
    /^RangeError: The value "1x" is no count: decimal digits up to 2\^53 - 1 are right$/,
  );
  await assert.rejects(sums(["a="]), /is no count/);
  await assert.rejects(sums(["a=9007199254740992"]), /is no count/);
  await assert.rejects(sums(["a=-1"]), /is no count/);
  await assert.rejects(sums(["a=1", "a=9007199254740991"]), /A count is above 2\^53 - 1/);
});
