import assert from "node:assert/strict";
import fc from "fast-check";
import { compareBytes } from "../../../lib/mapreduce/kernel/compare_bytes.ts";
import { keyPrefix } from "../../../lib/mapreduce/kernel/key_prefix.ts";
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

Deno.test("keyPrefix() orders keys whenever it differs", () => {
  fc.assert(fc.property(key, key, (a, b) => {
    const difference = keyPrefix(a, 0, a.length) - keyPrefix(b, 0, b.length);
    if (difference !== 0) assert.equal(Math.sign(difference), compareText(latin1(a), latin1(b)));
    else assert.deepEqual(padded(a), padded(b));
  }));
});

function padded(key: Uint8Array): number[] {
  return Array.from({ length: 6 }, (_, i) => key[i] ?? 0);
}
