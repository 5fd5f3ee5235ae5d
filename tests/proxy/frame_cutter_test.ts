import assert from "node:assert/strict";
import { encodeFrame, MAX_FRAME_BYTES } from "../../lib/transport/frame.ts";
import { FrameCutter } from "./frame_cutter.ts";
import { joined } from "./raw_line.ts";

const frames = [0, 1, 300].map((size, i) => encodeFrame(0x20 + i, new Uint8Array(size).fill(i)));

function allOf(cutter: FrameCutter): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let frame; (frame = cutter.next()) !== undefined;) cut.push(frame);
  return cut;
}

Deno.test("FrameCutter gives the same frames however the stream is split", () => {
  const stream = joined(frames);
  for (let split = 0; split <= stream.length; split++) {
    const cutter = new FrameCutter();
    cutter.push(stream.subarray(0, split));
    const early = allOf(cutter);
    cutter.push(stream.subarray(split));
    assert.deepEqual([...early, ...allOf(cutter)], frames);
  }
  const bytewise = new FrameCutter();
  const cut: Uint8Array[] = [];
  for (const byte of stream) {
    bytewise.push(Uint8Array.of(byte));
    cut.push(...allOf(bytewise));
  }
  assert.deepEqual(cut, frames);
});

Deno.test("FrameCutter takes the largest frame and nothing larger", () => {
  const cutter = new FrameCutter();
  cutter.push(Uint8Array.of(0x04, 0, 0, 0, 0x20));
  const chunk = new Uint8Array(1024 * 1024);
  for (let left = MAX_FRAME_BYTES - 1; left > 0; left -= chunk.length) {
    assert.equal(cutter.next(), undefined);
    cutter.push(chunk.subarray(0, left));
  }
  assert.equal(cutter.next()?.length, 4 + MAX_FRAME_BYTES);
  assert.equal(cutter.takeRest().length, 0);
  cutter.push(Uint8Array.of(0x04, 0, 0, 1));
  assert.equal(cutter.next(), undefined);
  assert(cutter.isMalformed);
});

Deno.test("FrameCutter keeps everything from a malformed length on as the rest", () => {
  const cutter = new FrameCutter();
  cutter.push(joined([...frames, Uint8Array.of(0, 0, 0, 0, 1, 2, 3)]));
  assert.deepEqual(allOf(cutter), frames);
  assert(cutter.isMalformed);
  assert.deepEqual([...cutter.takeRest()], [0, 0, 0, 0, 1, 2, 3]);
});
