import assert from "node:assert/strict";
import fc from "fast-check";
import { addCounts, readCount, writeCount } from "../../../lib/mapreduce/kernel/count_value.ts";
import { fromLatin1, latin1 } from "./naive.ts";

Deno.test("writeCount() writes what readCount() reads: decimal digits", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (count) => {
    const bytes = new Uint8Array(20);
    const end = writeCount(bytes, 2, count);
    assert.equal(latin1(bytes.subarray(2, end)), `${count}`);
    assert.equal(readCount(bytes, 2, end), count);
  }));
  for (const count of [0, 9, 10, 99, 100, 999_999, 1_000_000, 10 ** 15, 2 ** 53 - 1]) {
    const bytes = new Uint8Array(16);
    assert.equal(latin1(bytes.subarray(0, writeCount(bytes, 0, count))), `${count}`);
  }
});

Deno.test("readCount() refuses what is no count, and says what it found", () => {
  for (const text of ["", "-1", "1.5", "1e3", " 1", "0x1", "9007199254740992", "1".repeat(400)]) {
    const bytes = fromLatin1(text);
    assert.throws(
      () => readCount(bytes, 0, bytes.length),
      (error) =>
        error instanceof RangeError && error.message.startsWith(`The value "${text.slice(0, 40)}`),
    );
  }
});

Deno.test("addCounts() refuses a sum that is not exact", () => {
  assert.equal(addCounts(2 ** 53 - 2, 1), 2 ** 53 - 1);
  assert.throws(() => addCounts(2 ** 53 - 1, 1), /^RangeError: A count is above 2\^53 - 1$/);
});
