import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { newLane, send, takeAll, takeSome } from "./lane_fixture.ts";
import { concat, PlainDecoder } from "./plain_decoder.ts";
import { pattern } from "./samples.ts";

const KIB = 1024;

Deno.test("peek() gives nothing while nothing is sealed", () => {
  const { lane } = newLane();
  assert.equal(lane.peek(), undefined);
  lane.reserve(0x20, 10);
  assert.equal(lane.peek(), undefined);
  assert.equal(lane.queuedBytes, 0);
  assert.equal(lane.frames, 0);
});

Deno.test("peek() gives the frames of one turn as one part", () => {
  const { lane } = newLane();
  const frames = [1, 2, 3].map((i) => encodeFrame(0x20 + i, pattern(10 * i)));
  for (const i of [1, 2, 3]) send(lane, 0x20 + i, pattern(10 * i));
  assert.equal(lane.peek()?.length, concat(frames).length);
  assert.deepEqual(takeAll(lane), concat(frames));
  assert.equal(lane.peek(), undefined);
});

Deno.test("sent() of a part leaves the rest to peek()", () => {
  const { lane } = newLane();
  send(lane, 0x20, pattern(20));
  const frame = encodeFrame(0x20, pattern(20));
  assert.deepEqual(takeSome(lane, 7), frame.slice(0, 7));
  assert.equal(lane.queuedBytes, 18);
  assert.equal(lane.peek()?.length, 18);
  send(lane, 0x21, pattern(1));
  assert.deepEqual(takeAll(lane, 4), concat([frame.subarray(7), encodeFrame(0x21, pattern(1))]));
  assert.equal(lane.queuedBytes, 0);
});

Deno.test("peek() gives a part that frames sealed later do not change", () => {
  const { lane } = newLane();
  send(lane, 0x20, pattern(20));
  const part = lane.peek();
  assert.ok(part);
  const inFlight = part.chunk.bytes.subarray(part.chunk.sent, part.chunk.sent + part.length);
  for (let i = 0; i < 500; i++) send(lane, 0x21, pattern(100, i));
  assert.deepEqual(new Uint8Array(inFlight), new Uint8Array(encodeFrame(0x20, pattern(20))));
});

Deno.test("queuedBytes counts sealed frames to the byte, whatever way they came", () => {
  const { lane } = newLane();
  send(lane, 0x20, pattern(10));
  assert.equal(lane.queuedBytes, 15);
  lane.reserve(0x20, 1000);
  assert.equal(lane.queuedBytes, 15, "a reservation is not queued");
  assert.equal(lane.queueInPlace(0x21, pattern(100), () => {}), true);
  assert.equal(lane.queuedBytes, 120);
  assert.equal(
    lane.queueEncoded(concat([encodeFrame(1, pattern(1)), encodeFrame(2, pattern(2))]), 2),
    true,
  );
  assert.equal(lane.queuedBytes, 133);
  assert.equal(lane.frames, 4);
  takeSome(lane, 3);
  assert.equal(lane.queuedBytes, 130);
  takeAll(lane);
  assert.equal(lane.queuedBytes, 0);
  assert.equal(lane.frames, 4);
});

Deno.test("queueInPlace() sends the payload from where it lies and releases it once it is out", () => {
  const { lane, events } = newLane();
  const payload = pattern(16 * KIB);
  let released = 0;
  lane.queueInPlace(0x20, payload, () => released++);
  assert.deepEqual(events, ["frames"]);
  assert.equal(lane.peek()?.chunk.continues, true, "the head comes first and is no frame alone");
  assert.deepEqual(takeSome(lane, 100_000), Uint8Array.of(0, 0, 0x40, 1, 0x20));
  assert.equal(lane.peek()?.chunk.bytes, payload);
  takeSome(lane, 16 * KIB - 1);
  assert.equal(released, 0);
  takeSome(lane, 1);
  assert.equal(released, 1);
});

Deno.test("queueInPlace() copies a payload below 16 KiB and releases it at once", () => {
  for (const size of [0, 1, 16 * KIB - 1]) {
    const { lane } = newLane();
    const payload = pattern(size);
    let released = 0;
    lane.queueInPlace(0x20, payload, () => released++);
    assert.equal(released, 1);
    payload.fill(0);
    assert.deepEqual(takeAll(lane), encodeFrame(0x20, pattern(size)));
    assert.equal(released, 1, "and not again");
  }
});

Deno.test("queueInPlace() throws a RangeError above maxPayloadBytes", () => {
  const { lane } = newLane({ maxPayloadBytes: 100 });
  const release = () => assert.fail("a refused payload is not released");
  assert.throws(() => lane.queueInPlace(0x20, pattern(101), release), RangeError);
  assert.equal(lane.queuedBytes, 0);
});

Deno.test("queueInPlace() of an empty payload does not block what follows", () => {
  const { lane } = newLane();
  let released = 0;
  lane.queueInPlace(0x20, new Uint8Array(0), () => released++);
  send(lane, 0x21, pattern(3));
  assert.deepEqual(
    takeAll(lane),
    concat([encodeFrame(0x20, new Uint8Array(0)), encodeFrame(0x21, pattern(3))]),
  );
  assert.equal(released, 1);
});

Deno.test("queueEncoded() sends long bytes from where they lie and copies short ones", () => {
  const cases = [{ size: 100, isCopied: true }, { size: 16 * KIB - 6, isCopied: true }];
  for (const { size, isCopied = false } of [...cases, { size: 16 * KIB - 5 }]) {
    const { lane, events } = newLane();
    const encoded = encodeFrame(0x20, pattern(size));
    lane.queueEncoded(encoded, 1);
    assert.deepEqual(events, ["frames"]);
    assert.equal(lane.peek()?.chunk.bytes !== encoded, isCopied);
    assert.equal(Buffer.compare(takeAll(lane), encoded), 0);
  }
});

Deno.test("queueEncoded() of no bytes does not block what follows", () => {
  const { lane } = newLane();
  assert.equal(lane.queueEncoded(new Uint8Array(0), 0), true);
  send(lane, 0x21, pattern(3));
  assert.deepEqual(takeAll(lane), encodeFrame(0x21, pattern(3)));
});

Deno.test("peek() gives frames behind a reservation that was never committed", () => {
  const { lane } = newLane();
  lane.reserve(0x20, 100);
  lane.queueEncoded(encodeFrame(0x21, pattern(3)), 1);
  lane.reserve(0x20, 100);
  lane.queueInPlace(0x22, pattern(4), () => {});
  lane.reserve(0x20, 100);
  send(lane, 0x23, pattern(5));
  lane.reserve(0x20, 5000);
  send(lane, 0x24, pattern(6));
  assert.deepEqual(
    takeAll(lane),
    concat([3, 4, 5, 6].map((size) => encodeFrame(0x1e + size, pattern(size)))),
  );
});

Deno.test("commit() after a frame was queued another way sends its frame or throws", () => {
  const cases = ["encoded", "in place"].flatMap((way) =>
    [1, 20 * KIB].flatMap((size) => [true, false].map((isFirst) => ({ way, size, isFirst })))
  );
  for (const { way, size, isFirst } of cases) {
    const { lane } = newLane();
    const expected: Uint8Array[] = [];
    if (!isFirst) {
      send(lane, 0x22, pattern(2));
      expected.push(encodeFrame(0x22, pattern(2)));
    }
    const writer = lane.reserve(0x20, 3);
    writer?.set(pattern(3));
    if (way === "in place") lane.queueInPlace(0x21, pattern(size), () => {});
    else lane.queueEncoded(encodeFrame(0x21, pattern(size)), 1);
    expected.push(encodeFrame(0x21, pattern(size)));
    try {
      writer?.commit();
      expected.push(encodeFrame(0x20, pattern(3)));
    } catch (error) {
      assert.ok(error instanceof RangeError);
    }
    const what = `${way}, ${size} bytes, first: ${isFirst}`;
    assert.equal(Buffer.compare(takeAll(lane), concat(expected)), 0, what);
    assert.equal(lane.frames, expected.length, what);
  }
});

for (const way of ["clear()", "queueEncoded()", "queueInPlace()"]) {
  Deno.test(`commit() after ${way} writes nothing into memory that was given back`, () => {
    const { lane, budget } = newLane();
    const writer = lane.reserve(0x20, 3);
    if (way === "clear()") lane.clear();
    if (way === "queueEncoded()") lane.queueEncoded(encodeFrame(0x21, pattern(20 * KIB)), 1);
    if (way === "queueInPlace()") lane.queueInPlace(0x21, pattern(20 * KIB), () => {});
    assert.equal(budget.usedBytes, 0);
    const next = budget.take(4 * KIB)?.fill(0);
    try {
      writer?.set(Uint8Array.of(1, 2, 3));
      writer?.commit();
    } catch (error) {
      assert.ok(error instanceof RangeError);
    }
    assert.ok(next?.every((byte) => byte === 0), "the next user's memory was changed");
  });
}

Deno.test("close() refuses frames of all ways and still gives what was accepted", () => {
  const { lane } = newLane();
  send(lane, 0x20, pattern(3));
  lane.close();
  assert.equal(send(lane, 0x20, pattern(3)), false);
  assert.equal(lane.queueInPlace(0x20, pattern(3), () => {}), false);
  assert.equal(lane.queueEncoded(encodeFrame(0x20, pattern(3)), 1), false);
  assert.equal(lane.frames, 1);
  assert.deepEqual(takeAll(lane), encodeFrame(0x20, pattern(3)));
  assert.equal(send(lane, 0x20, pattern(3)), false, "also when all is out");
});

Deno.test("clear() gives back all memory and every payload", () => {
  const { lane, budget } = newLane();
  let released = 0;
  for (let i = 0; i < 20; i++) {
    send(lane, 0x20, pattern(10 * KIB));
    if (i % 5 === 0) lane.queueInPlace(0x21, pattern(20 * KIB), () => released++);
  }
  takeSome(lane, 100);
  assert.ok(budget.usedBytes > 0);
  assert.equal(released, 0);
  lane.clear();
  assert.equal(budget.usedBytes, 0);
  assert.equal(released, 4);
  assert.equal(lane.queuedBytes, 0);
  assert.equal(lane.peek(), undefined);
});

Deno.test("peekWithin() gives whole frames within the limit only", () => {
  const { lane } = newLane();
  for (const size of [10, 20, 30]) send(lane, 0x20, pattern(size));
  const table = [[0, 0], [14, 0], [15, 15], [39, 15], [40, 40], [74, 40], [75, 75], [9999, 75]];
  for (const [limit = 0, length = 0] of table) {
    assert.equal(lane.peekWithin(limit)?.length ?? 0, length, `limit ${limit}`);
  }
});

Deno.test("peekWithin() gives at most 64 KiB and ends on a frame", () => {
  const { lane } = newLane();
  for (let i = 0; i < 40; i++) send(lane, 0x20, pattern(10_000, i));
  let frames = 0;
  for (let part = lane.peekWithin(Infinity); part; part = lane.peekWithin(Infinity)) {
    assert.ok(part.length <= 64 * KIB);
    const twin = new PlainDecoder(64 * KIB);
    twin.push(part.chunk.bytes.subarray(part.chunk.sent, part.chunk.sent + part.length));
    while (twin.next() !== undefined) frames++;
    assert.equal(twin.pendingBytes, 0);
    lane.sent(part.length);
  }
  assert.equal(frames, 40);
});

Deno.test("peekWithin() gives a frame of exactly 64 KiB on the wire", () => {
  const { lane } = newLane();
  send(lane, 0x20, pattern(64 * KIB - 5));
  assert.equal(lane.peekWithin(64 * KIB - 1), undefined);
  assert.equal(lane.peekWithin(64 * KIB)?.length, 64 * KIB);
});
