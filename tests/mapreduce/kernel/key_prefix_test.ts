import assert from "node:assert/strict";
import fc from "fast-check";
import { compareBytes } from "../../../lib/mapreduce/kernel/compare_bytes.ts";
import { keyPrefix, PREFIX_BYTES } from "../../../lib/mapreduce/kernel/key_prefix.ts";
import { compareText, latin1 } from "./naive.ts";

const key = fc.oneof(
  fc.uint8Array({ maxLength: 9 }),
  fc.array(fc.constantFrom(0, 1, 255), { maxLength: 9 }).map((list) => Uint8Array.from(list)),
);

Deno.test("compareBytes() orders like strings of one character per byte", () => {
  fc.assert(fc.property(key, key, (a, b) => {
    const order = compareBytes(a, 0, a.length, b, 0, b.length);
    assert.equal(Math.sign(order), compareText(latin1(a), latin1(b)));
  }));
});

Deno.test("keyPrefix() orders keys whenever it differs; else they are equal, or go on behind it", () => {
  fc.assert(fc.property(key, key, (a, b) => {
    const difference = keyPrefix(a, 0, a.length) - keyPrefix(b, 0, b.length);
    if (difference !== 0) assert.equal(Math.sign(difference), compareText(latin1(a), latin1(b)));
    else if (Math.min(a.length, b.length) <= PREFIX_BYTES) assert.deepEqual(a, b);
    else assert.deepEqual(a.subarray(0, PREFIX_BYTES), b.subarray(0, PREFIX_BYTES));
  }));
});
