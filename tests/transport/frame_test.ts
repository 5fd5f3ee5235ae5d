import assert from "node:assert/strict";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";

Deno.test("encodeFrame() writes the frame that the specification works out", () => {
  assert.deepEqual(
    encodeFrame(0x06, Uint8Array.of(0xde, 0xad, 0xbe, 0xef)),
    Uint8Array.of(0, 0, 0, 5, 6, 0xde, 0xad, 0xbe, 0xef),
  );
  assert.deepEqual(encodeFrame(0xff, new Uint8Array(0)), Uint8Array.of(0, 0, 0, 1, 0xff));
});

Deno.test("encodeFrame() writes lengths above 64 KiB and leaves the payload alone", () => {
  const payload = new Uint8Array(70_000).fill(1);
  const frame = encodeFrame(0x20, payload);
  assert.deepEqual(frame.subarray(0, 5), Uint8Array.of(0, 1, 0x11, 0x71, 0x20));
  assert.equal(frame.length, 70_005);
  frame.fill(0);
  assert.equal(payload[0], 1);
});

Deno.test("Kind holds the numbers of the wire", () => {
  assert.deepEqual({ ...Kind }, {
    Hello: 1,
    Challenge: 2,
    Proof: 3,
    Welcome: 4,
    Error: 5,
    Ping: 6,
    Pong: 7,
    Goodbye: 8,
    GoodbyeAck: 9,
    Credit: 10,
  });
});
