import fc from "fast-check";
import assert from "node:assert/strict";
import type { FrameWriter } from "../../lib/transport/frame_writer.ts";
import type { SendLane } from "../../lib/transport/send_lane.ts";
import { newLane, takeAll } from "./lane_fixture.ts";
import { pattern } from "./samples.ts";

function reserved(lane: SendLane, kind: number, payloadBytes: number): FrameWriter {
  const writer = lane.reserve(kind, payloadBytes);
  assert.ok(writer);
  return writer;
}

Deno.test("commit() seals length, kind and payload in exactly this layout", () => {
  const { lane } = newLane();
  const writer = reserved(lane, 0x42, 18);
  assert.equal(writer.length, 18);
  writer.setUint8(0, 0x01);
  writer.setUint16(1, 0x0203);
  writer.setUint32(3, 0x04050607);
  writer.setBigUint64(7, 0x08090a0b0c0d0e0fn);
  writer.set(Uint8Array.of(0x10, 0x11, 0x12), 15);
  writer.commit();
  assert.deepEqual(
    takeAll(lane),
    Uint8Array.from([0, 0, 0, 19, 0x42, ...Array.from({ length: 18 }, (_, i) => i + 1)]),
  );
});

Deno.test("commit() of fewer bytes than reserved sends just these", () => {
  const { lane } = newLane();
  for (const [size, used] of [[8, 3], [8, 0], [8, 8]] as const) {
    const writer = reserved(lane, 0x20, size);
    writer.set(new Uint8Array(size).fill(size - used));
    writer.commit(used);
  }
  assert.deepEqual(
    takeAll(lane),
    Uint8Array.from(
      [[0, 0, 0, 4, 0x20, 5, 5, 5], [0, 0, 0, 1, 0x20], [0, 0, 0, 9, 0x20, ...Array(8).fill(0)]]
        .flat(),
    ),
  );
});

Deno.test("reserve() once more forgets the reservation before", () => {
  const { lane } = newLane();
  reserved(lane, 0x20, 100).set(new Uint8Array(100).fill(1));
  const writer = reserved(lane, 0x21, 2);
  writer.set(Uint8Array.of(7, 8));
  writer.commit();
  assert.deepEqual(takeAll(lane), Uint8Array.of(0, 0, 0, 3, 0x21, 7, 8));
});

Deno.test("subarray() is the payload's place in the send buffer", () => {
  const { lane } = newLane();
  const writer = reserved(lane, 0x20, 4);
  writer.set(Uint8Array.of(1, 2, 3, 4));
  const middle = writer.subarray(1, 3);
  assert.deepEqual(middle, Uint8Array.of(2, 3));
  middle.fill(9);
  writer.subarray(3).fill(8);
  writer.commit();
  assert.deepEqual(takeAll(lane), Uint8Array.of(0, 0, 0, 5, 0x20, 1, 9, 9, 8));
});

const OUTSIDE: readonly { name: string; write: (writer: FrameWriter, at: number) => void }[] = [
  { name: "setUint8() of 1 byte", write: (writer, at) => writer.setUint8(at + 7, 0) },
  { name: "setUint16() of 2 bytes", write: (writer, at) => writer.setUint16(at + 6, 0) },
  { name: "setUint32() of 4 bytes", write: (writer, at) => writer.setUint32(at + 4, 0) },
  { name: "setBigUint64() of 8 bytes", write: (writer, at) => writer.setBigUint64(at, 0n) },
  { name: "setSafeInt64() of 8 bytes", write: (writer, at) => writer.setSafeInt64(at, 0) },
  { name: "set() of 3 bytes", write: (writer, at) => writer.set(new Uint8Array(3), at + 5) },
  { name: "subarray() of 3 bytes", write: (writer, at) => writer.subarray(at + 5, at + 8) },
];

for (const { name, write } of OUTSIDE) {
  Deno.test(`${name} fits the end of the payload and throws a RangeError behind it`, () => {
    const { lane } = newLane();
    const writer = reserved(lane, 0x20, 8);
    write(writer, 0);
    assert.throws(() => write(writer, 1), RangeError);
    assert.throws(() => write(writer, -8), RangeError, "before the payload");
  });
}

for (const { name, write } of OUTSIDE.slice(0, -1)) {
  Deno.test(`${name} throws a RangeError when nothing is reserved`, () => {
    const { lane } = newLane();
    const writer = reserved(lane, 0x20, 8);
    writer.commit();
    for (const at of [-8, 0]) assert.throws(() => write(writer, at), RangeError);
    assert.equal(takeAll(lane).length, 13);
  });
}

Deno.test("setSafeInt64() writes what DataView.setBigInt64 writes", () => {
  const { lane } = newLane();
  const edges = [
    0,
    -0,
    1,
    -1,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    2 ** 32 - 1,
    -(2 ** 32),
    -(2 ** 32) - 1,
  ];
  const check = (value: number) => {
    const writer = reserved(lane, 0x20, 8);
    writer.setSafeInt64(0, value);
    const expected = new DataView(new ArrayBuffer(8));
    expected.setBigInt64(0, BigInt(value));
    assert.deepEqual(new Uint8Array(writer.subarray()), new Uint8Array(expected.buffer));
  };
  for (const value of [...edges, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) check(value);
  fc.assert(fc.property(fc.maxSafeInteger(), check));
});

Deno.test("setSafeInt64() throws a RangeError for what is not whole or not exact", () => {
  const writer = reserved(newLane().lane, 0x20, 8);
  for (const value of [2 ** 53, -(2 ** 53), 0.5, NaN, Infinity, -Infinity]) {
    assert.throws(() => writer.setSafeInt64(0, value), RangeError, `${value}`);
  }
});

Deno.test("commit() throws a RangeError the second time", () => {
  const { lane } = newLane();
  const writer = reserved(lane, 0x20, 3);
  writer.set(pattern(3));
  writer.commit();
  assert.throws(() => writer.commit(), /none is reserved/);
  assert.throws(() => writer.commit(0), RangeError);
  assert.equal(takeAll(lane).length, 8);
});

Deno.test("commit() throws a RangeError for other sizes than 0 to what was reserved", () => {
  const { lane } = newLane();
  const writer = reserved(lane, 0x20, 3);
  for (const size of [4, 1000, -1]) {
    assert.throws(() => writer.commit(size), RangeError, `${size}`);
  }
  writer.set(pattern(3));
  writer.commit();
  assert.equal(takeAll(lane).length, 8);
});

Deno.test("commit() throws a RangeError for a size that is no whole number", () => {
  for (const size of [NaN, 1.5]) {
    const { lane } = newLane();
    assert.throws(() => reserved(lane, 0x20, 3).commit(size), RangeError, `${size}`);
  }
});

Deno.test("reserve() throws a RangeError above maxPayloadBytes and queues nothing", () => {
  const { lane } = newLane({ maxPayloadBytes: 100 });
  assert.throws(() => lane.reserve(0x20, 101), {
    name: "RangeError",
    message: "Cannot send 101 bytes in a frame: at most 100 are allowed",
  });
  reserved(lane, 0x20, 1).commit();
  assert.throws(() => lane.reserve(0x20, 101), RangeError, "also where there is a chunk with room");
  assert.ok(lane.reserve(0x20, 100));
  assert.equal(lane.queuedBytes, 6);
});

Deno.test("commit() tells of the first frame only, until the lane is looked at", () => {
  const { lane, events } = newLane();
  const send = () => reserved(lane, 0x20, 1).commit();
  send();
  send();
  assert.deepEqual(events, ["frames"]);
  lane.peek();
  send();
  send();
  assert.deepEqual(events, ["frames", "frames"]);
});
