import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { extendCrc32 } from "../../../lib/mapreduce/input/extend_crc32.ts";
import { Random } from "../../random.ts";

Deno.test("extendCrc32() gives in pieces what crc32() gives at once, also when it is hot", () => {
  const random = new Random(11);
  const bytes = Uint8Array.from({ length: 200 }, () => random.below(256));
  for (let i = 0; i < 30_000; i++) {
    bytes[random.below(200)] = random.below(256);
    const [a, b] = [random.below(201), random.below(201)].sort((x, y) => x - y) as [number, number];
    let value = extendCrc32(0, bytes.subarray(0, a));
    value = extendCrc32(value, bytes.subarray(a, b));
    assert.equal(extendCrc32(value, bytes.subarray(b)), crc32(bytes));
  }
});
