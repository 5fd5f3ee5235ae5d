import assert from "node:assert/strict";
import fc from "fast-check";
import { CountTable } from "../../../lib/mapreduce/kernel/count_table.ts";
import { fromLatin1, latin1, naivePartitions } from "./naive.ts";

/** Reads short entries of a block, `key TAB value`. */
function linesOf(entries: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < entries.length;) {
    const keyEnd = at + 1 + (entries[at] as number);
    const valueEnd = keyEnd + 1 + (entries[keyEnd] as number);
    const key = latin1(entries.subarray(at + 1, keyEnd));
    lines.push(`${key}\t${latin1(entries.subarray(keyEnd + 1, valueEnd))}`);
    at = valueEnd;
  }
  return lines;
}

function drained(table: CountTable, partitions: number): string[][] {
  const lists: string[][] = Array.from({ length: partitions }, () => []);
  table.drain(partitions, (partition, entries) => lists[partition]?.push(...linesOf(entries)));
  return lists;
}

Deno.test("CountTable counts like a map, again and again", () => {
  const adds = fc.array(fc.tuple(fc.uint8Array({ maxLength: 3 }), fc.nat(1000)));
  fc.assert(fc.property(fc.array(adds, { maxLength: 3 }), (rounds) => {
    const table = new CountTable();
    for (const round of rounds) {
      const counts = new Map<string, number>();
      for (const [key, count] of round) {
        assert.equal(table.add(key, 0, key.length, count), true);
        counts.set(latin1(key), (counts.get(latin1(key)) ?? 0) + count);
      }
      assert.equal(table.size, counts.size);
      assert.deepEqual(drained(table, 3), naivePartitions(counts, 3));
    }
  }));
});

Deno.test("CountTable takes no new key beyond its memory, but counts those it has", () => {
  const table = new CountTable();
  let keys = 0;
  while (table.add(fromLatin1(`key ${keys}`), 0, `key ${keys}`.length, 1, 20_000)) keys++;
  assert.ok(keys > 100 && table.used <= 20_000, `${keys} keys in ${table.used} B`);
  assert.equal(table.add(fromLatin1("key 7"), 0, 5, 41, 20_000), true);
  assert.equal(table.size, keys);
  assert.ok(drained(table, 1)[0]?.includes("key 7\t42"));
  assert.equal(table.add(new Uint8Array(50_000), 0, 50_000, 1, 20_000), true);
});

Deno.test("CountTable refuses a count that is not exact any more", () => {
  const table = new CountTable();
  table.add(fromLatin1("a"), 0, 1, Number.MAX_SAFE_INTEGER);
  assert.throws(() => table.add(fromLatin1("a"), 0, 1, 1), /A count is above 2\^53 - 1/);
});
