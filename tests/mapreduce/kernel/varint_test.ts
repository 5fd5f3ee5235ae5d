import assert from "node:assert/strict";
import { varintBytes, writeVarint } from "../../../lib/mapreduce/kernel/varint.ts";

Deno.test("writeVarint() writes LEB128, as long as varintBytes() says", () => {
  const cases: [number, number[]][] = [
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 1]],
    [2 ** 21 - 1, [0xff, 0xff, 0x7f]],
    [2 ** 21, [0x80, 0x80, 0x80, 1]],
    [2 ** 28 - 1, [0xff, 0xff, 0xff, 0x7f]],
    [2 ** 28, [0x80, 0x80, 0x80, 0x80, 1]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ];
  for (const [value, expected] of cases) {
    const bytes = new Uint8Array(8);
    const end = writeVarint(bytes, 1, value);
    assert.deepEqual([...bytes.subarray(1, end)], expected);
    assert.equal(varintBytes(value), expected.length);
  }
});
