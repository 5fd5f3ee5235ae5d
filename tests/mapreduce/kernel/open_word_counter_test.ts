import assert from "node:assert/strict";
import fc from "fast-check";
import { openWordCounter } from "../../../lib/mapreduce/kernel/open_word_counter.ts";
import type { Kernel } from "../../../lib/mapreduce/kernel/word_counter_options.ts";
import { countParts, fromLatin1, naiveCounts, naivePartitions } from "./naive.ts";

const MEBIBYTE = 1024 * 1024;
const KERNELS: Kernel[] = ["plain", "wasm"];

/** Bytes with much white space, letters of both cases, zeros and bytes that are no UTF-8. */
const byte = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d) },
  { weight: 8, arbitrary: fc.constantFrom(0x61, 0x62, 0x41, 0x5a, 0x40, 0x5b, 0x00) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);
const bytes = fc.array(byte, { maxLength: 300 }).map((list) => Uint8Array.from(list));
const records = fc.array(fc.array(bytes, { minLength: 1, maxLength: 4 }), { maxLength: 6 });

for (const kernel of KERNELS) {
  Deno.test(`openWordCounter() of ${kernel} counts like the naive twin, however records are cut`, async () => {
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (given, partitions, foldCase) => {
          const counter = openWordCounter({
            kernel,
            tokens: "whitespace",
            foldCase,
            memoryBytes: MEBIBYTE,
          });
          const { drains } = await countParts(counter, given, partitions);
          const expected = naiveCounts(given.map(join), foldCase);
          assert.deepEqual(drains, [naivePartitions(expected, partitions)]);
          assert.equal(
            counter.tokens,
            [...expected.values()].reduce((sum, count) => sum + count, 0),
          );
          assert.equal(counter.size, 0);
        },
      ),
      { numRuns: 150 },
    );
  });

  Deno.test(`openWordCounter() of ${kernel} finds tokens of each length at each place of a vector`, async () => {
    const texts: string[] = [];
    for (let length = 1; length <= 140; length++) {
      texts.push(`${" ".repeat(length % 67)}${"x".repeat(length)} ${"x".repeat(length - 1)}y`);
    }
    const given = texts.flatMap((text) =>
      Array.from({ length: 8 }, (_, i) => fromLatin1(" ".repeat(i) + text))
    );
    const counter = openWordCounter({
      kernel,
      tokens: "whitespace",
      foldCase: false,
      memoryBytes: MEBIBYTE,
    });
    const { counts } = await countParts(counter, given.map((record) => [record]), 8);
    assert.deepEqual(sorted(counts), sorted(naiveCounts(given)));
  });

  Deno.test(`openWordCounter() of ${kernel} tells keys apart that differ in zeros at their end`, async () => {
    const given = ["a", "a\0", "a\0\0", "\0", "\0\0", "a\0b"].map(fromLatin1);
    const counter = openWordCounter({
      kernel,
      tokens: "whitespace",
      foldCase: false,
      memoryBytes: MEBIBYTE,
    });
    const { drains } = await countParts(counter, given.map((record) => [record]), 1);
    assert.deepEqual(drains, [[["\0\t1", "\0\0\t1", "a\t1", "a\0\t1", "a\0\0\t1", "a\0b\t1"]]]);
  });

  Deno.test(`openWordCounter() of ${kernel} grows to many keys, and counts each`, async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `k${i * 7919 % 40_000} `);
    const given = fromLatin1(lines.join(""));
    const counter = openWordCounter({
      kernel,
      tokens: "whitespace",
      foldCase: false,
      memoryBytes: 64 * MEBIBYTE,
    });
    const { drains } = await countParts(counter, [[given]], 8);
    assert.deepEqual(drains, [naivePartitions(naiveCounts([given]), 8)]);
  });

  Deno.test(`openWordCounter() of ${kernel} says when memory is full, and goes on after a drain`, async () => {
    const memoryBytes = 128 * 1024;
    const words = Array.from(
      { length: 30_000 },
      (_, i) => `word${i * 7919 % 9_000}${"z".repeat(i % 40)}`,
    );
    const given = fromLatin1(words.join(" "));
    for (const partBytes of [1000, 65_536, 10_000_000]) {
      const counter = openWordCounter({
        kernel,
        tokens: "whitespace",
        foldCase: false,
        memoryBytes,
      });
      const { drains, counts } = await countParts(counter, [cut(given, partBytes)], 3);
      assert.ok(drains.length > 5, `${drains.length} drains`);
      assert.deepEqual(sorted(counts), sorted(naiveCounts([given])));
      assert.equal(counter.tokens, 30_000);
      assert.ok(counter.used <= memoryBytes);
    }
  });

  Deno.test(`openWordCounter() of ${kernel} counts keys of up to 1 MiB, also in little memory`, async () => {
    const lengths = [
      1,
      15,
      16,
      17,
      4095,
      16_383,
      16_384,
      16_385,
      32_768,
      32_769,
      49_152,
      65_536,
      300_001,
      MEBIBYTE,
    ];
    const texts = lengths.map((length) => `${"k".repeat(length - 1)}${String.fromCharCode(0xff)}`);
    const given = fromLatin1([...texts, ...texts.toReversed(), "end"].join("\n"));
    const expected = sorted(naiveCounts([given]));
    for (
      const [memoryBytes, partBytes] of [[64 * 1024, 5000], [64 * 1024, 10_000_000], [
        64 * MEBIBYTE,
        70_000,
      ], [64 * MEBIBYTE, 16_385]]
    ) {
      const counter = openWordCounter({
        kernel,
        tokens: "whitespace",
        foldCase: false,
        memoryBytes: memoryBytes as number,
      });
      const { counts } = await countParts(counter, [cut(given, partBytes as number), [given]], 2);
      assert.deepEqual(sorted(counts), expected.map(([key, count]) => [key, 2 * count]));
    }
  });

  Deno.test(`openWordCounter() of ${kernel} keeps a token that a drain interrupts`, async () => {
    for (const length of [5, 20, 40_000]) {
      const counter = openWordCounter({
        kernel,
        tokens: "whitespace",
        foldCase: false,
        memoryBytes: MEBIBYTE,
      });
      const words = Array.from({ length: 500 }, (_, i) => `word${i}`);
      counter.feed(fromLatin1(`${words.join(" ")} ${"t".repeat(length)}`), false);
      let drained = 0;
      counter.drain(1, (_partition, _entries, records) => drained += records);
      assert.equal(drained, 500);
      const { counts } = await countParts(counter, [[fromLatin1("u v")]], 1);
      assert.deepEqual(sorted(counts), [["t".repeat(length) + "u", 1], ["v", 1]]);
    }
  });
}

Deno.test("openWordCounter() gives the same bytes with both kernels when memory never ends", () => {
  const text = fromLatin1(
    Array.from({ length: 5000 }, (_, i) => `${i % 700}é${"q".repeat(i % 30)}`).join(" "),
  );
  const [plain, wasm] = KERNELS.map((kernel) => {
    const counter = openWordCounter({
      kernel,
      tokens: "whitespace",
      foldCase: false,
      memoryBytes: 16 * MEBIBYTE,
    });
    counter.feed(text, true);
    const lists: number[][] = [[], [], [], []];
    counter.drain(4, (partition, entries) => void lists[partition]?.push(...entries));
    return lists;
  });
  assert.deepEqual(plain, wasm);
});

Deno.test("openWordCounter() refuses memory that holds nothing", () => {
  assert.throws(
    () =>
      openWordCounter({ kernel: "wasm", tokens: "whitespace", foldCase: false, memoryBytes: 1000 }),
    /^RangeError: A counter of words needs at least 64 KiB of memory, not 1000 B$/,
  );
});

function sorted(counts: Map<string, number>): [string, number][] {
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function cut(bytes: Uint8Array, partBytes: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += partBytes) {
    parts.push(bytes.subarray(at, at + partBytes));
  }
  return parts;
}
