import assert from "node:assert/strict";
import { BytesSource } from "./bytes_source.ts";
import { readGroups } from "../../../lib/mapreduce/kernel/read_groups.ts";
import { RunReader } from "../../../lib/mapreduce/kernel/run_reader.ts";
import { fromLatin1, latin1, runOf } from "./naive.ts";

function cursor(lines: string[]): RunReader {
  const entries = lines.map((line) => line.split("=").map(fromLatin1) as [Uint8Array, Uint8Array]);
  return new RunReader(new BytesSource(runOf(entries, 6)));
}

Deno.test("readGroups() gives each key once with its values in order", async () => {
  const seen: string[] = [];
  for await (
    const { key, values } of readGroups(cursor(["=e", "a=1", "a=2", "a=3", "b=", "c=x"]))
  ) {
    const list: string[] = [];
    for await (const value of values) list.push(latin1(value));
    seen.push(`${latin1(key)}:${list}`);
  }
  assert.deepEqual(seen, [":e", "a:1,2,3", "b:", "c:x"]);
});

Deno.test("readGroups() skips values that nobody reads", async () => {
  const seen: string[] = [];
  for await (
    const { key, values } of readGroups(cursor(["a=1", "a=2", "b=3", "b=4", "b=5", "c=6"]))
  ) {
    seen.push(latin1(key));
    if (latin1(key) !== "b") continue;
    for await (const value of values) {
      seen.push(latin1(value));
      break;
    }
  }
  assert.deepEqual(seen, ["a", "b", "3", "c"]);
});

Deno.test("readGroups() of nothing gives nothing", async () => {
  for await (const _ of readGroups(cursor([]))) assert.fail("a group");
});

Deno.test("readGroups() gives no value of a later group to whoever reads an earlier one", async () => {
  const groups = readGroups(cursor(["a=1", "a=2", "b=3", "b=4"]));
  const first = (await groups.next()).value;
  assert.ok(first);
  const values = first.values[Symbol.asyncIterator]();
  assert.equal(latin1((await values.next()).value), "1");
  assert.equal(latin1((await groups.next()).value?.key ?? new Uint8Array(0)), "b");
  assert.equal((await values.next()).done, true);
});
