import assert from "node:assert/strict";
import fc from "fast-check";
import { KeyStore } from "../../../lib/mapreduce/kernel/key_store.ts";
import { sortKeys } from "../../../lib/mapreduce/kernel/sort_keys.ts";
import { compareText, fromLatin1, latin1 } from "./naive.ts";

function sorted(keys: readonly string[]): number[] {
  const store = new KeyStore();
  for (const key of keys) store.add(fromLatin1(key), 0, key.length);
  const order = Uint32Array.from(keys.keys());
  sortKeys(order, store);
  return [...order];
}

function naive(keys: readonly string[]): number[] {
  const at = (number: number) => keys[number] as string;
  return [...keys.keys()].sort((a, b) => compareText(at(a), at(b)) || a - b);
}

const piece = fc.constantFrom("", "a", "\0", "\xff", "aaaaaa", "aaaaaaa", "long beginning ");
const key = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));

Deno.test("sortKeys() orders keys by bytes, and keeps the order of equal ones", () => {
  fc.assert(fc.property(fc.array(key, { minLength: 20, maxLength: 60 }), (keys) => {
    assert.deepEqual(sorted(keys), naive(keys));
  }));
  const random = fc.array(fc.uint8Array({ maxLength: 9 }).map(latin1), { maxLength: 60 });
  fc.assert(fc.property(random, (keys) => assert.deepEqual(sorted(keys), naive(keys))));
});

Deno.test("sortKeys() sorts keys that are long and alike", () => {
  const long = "x".repeat(100_000);
  const keys = Array.from({ length: 40 }, (_, i) => long.slice(i * 7919 % 40 * 6) + i % 3);
  assert.deepEqual(sorted(keys), naive(keys));
});
