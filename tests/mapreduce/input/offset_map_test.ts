import assert from "node:assert/strict";
import { OffsetMap } from "../../../lib/mapreduce/input/offset_map.ts";

Deno.test("OffsetMap.stored() of plain bytes counts from the start of the split", () => {
  assert.equal(new OffsetMap(100, false).stored(5), 105);
});

Deno.test("OffsetMap.stored() of gzip tells the member, also of what is unfinished", () => {
  const offsets = new OffsetMap(100, true);
  assert.equal(offsets.stored(0), 100);
  offsets.add([{ unpacked: 0, stored: 100 }, { unpacked: 50, stored: 120 }], 0);
  offsets.add([{ unpacked: 90, stored: 140 }], 60);
  assert.deepEqual([60, 89, 90, 1_000].map((at) => offsets.stored(at)), [120, 120, 140, 140]);
  offsets.add([{ unpacked: 95, stored: 150 }, { unpacked: 99, stored: 170 }], 90);
  assert.deepEqual([90, 95, 98, 99].map((at) => offsets.stored(at)), [140, 150, 150, 170]);
});

Deno.test("OffsetMap.isStart() is true where a member begins, and nowhere else", () => {
  const offsets = new OffsetMap(0, true);
  offsets.add([{ unpacked: 0, stored: 0 }, { unpacked: 50, stored: 20 }], 0);
  assert.deepEqual([0, 1, 49, 50, 51].map((at) => offsets.isStart(at)), [
    true,
    false,
    false,
    true,
    false,
  ]);
  assert.equal(new OffsetMap(0, false).isStart(0), false);
});
