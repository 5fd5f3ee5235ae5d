import assert from "node:assert/strict";
import { crc32, deflateRawSync } from "node:zlib";
import { MemberInflater } from "../../../lib/mapreduce/input/member_inflater.ts";
import { Random } from "../../random.ts";

Deno.test("MemberInflater.trailer() has the checksum of what came piece by piece, also when it is hot", async () => {
  const random = new Random(5);
  const text = Uint8Array.from({ length: 200_000 }, () => random.below(64));
  const stream = deflateRawSync(text);
  const expected = crc32(text);
  for (let i = 0; i < 60; i++) {
    const inflater = new MemberInflater();
    let size = 0;
    for (let at = 0; at < stream.length; at += 200) {
      for (const { length } of await inflater.push(stream.subarray(at, at + 200))) size += length;
    }
    for (const { length } of await inflater.finish()) size += length;
    const trailer = new DataView(inflater.trailer().buffer);
    assert.equal(trailer.getUint32(0, true), expected, `round ${i}`);
    assert.equal(trailer.getUint32(4, true), size);
    inflater.close();
  }
});
