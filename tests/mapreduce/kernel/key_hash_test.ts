import assert from "node:assert/strict";
import fc from "fast-check";
import { keyHash } from "../../../lib/mapreduce/kernel/key_hash.ts";
import { partitionOf } from "../../../lib/mapreduce/kernel/partition_of.ts";
import { openWasmKernel } from "../../../lib/mapreduce/kernel/wasm_kernel.ts";
import { fromLatin1 } from "./naive.ts";

/** The hash by the letter, in integers of any size. */
function naiveHash(bytes: Uint8Array): number {
  const low = (value: bigint) => BigInt.asUintN(32, value);
  let hash = 0x811c9dc5n;
  for (const byte of bytes) hash = low((hash ^ BigInt(byte)) * 0x01000193n);
  hash = low((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = low((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return Number(hash ^ (hash >> 16n));
}

Deno.test("keyHash() is FNV-1a and fmix32, in TypeScript and in WebAssembly", () => {
  const kernel = openWasmKernel();
  kernel.init(1024 * 1024, 16);
  const input = kernel.inputAddress();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const expected = naiveHash(bytes);
    assert.equal(keyHash(bytes), expected);
    new Uint8Array(kernel.memory.buffer).set(bytes, input);
    assert.equal(kernel.partitionHash(input, bytes.length) >>> 0, expected);
  }));
});

Deno.test("keyHash() has values that stay as they are", () => {
  const values = ["", "a", "the", "größe"].map((text) => keyHash(new TextEncoder().encode(text)));
  assert.deepEqual(
    values,
    ["", "a", "the", "größe"].map((text) => naiveHash(new TextEncoder().encode(text))),
  );
  assert.deepEqual(values, [0xab3e7c0b, 0x1a80b1b3, 0xc50749f8, 0xcda1b73c]);
});

Deno.test("keyHash() looks at a part only", () => {
  assert.equal(keyHash(fromLatin1("xaby"), 1, 3), keyHash(fromLatin1("ab")));
});

Deno.test("partitionOf() spreads short keys evenly", () => {
  const counts = new Array<number>(8).fill(0);
  for (let i = 0; i < 8000; i++) {
    const partition = partitionOf(fromLatin1(`${i}`), 8);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1150, `${counts}`);
});
