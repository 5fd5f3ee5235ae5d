/** How long the decoder keeps the memory of a very large frame. */
import assert from "node:assert/strict";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { BUSY_SLAB_BYTES, FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { cut, decode } from "./feed.ts";
import { concat } from "./plain_decoder.ts";
import { pattern } from "./samples.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** A decoder that has just decoded a frame of almost 1 MiB, read as fast as it gave room. */
function afterLargeFrame(payloadBytes: number): { decoder: FrameDecoder; budget: MemoryBudget } {
  const budget = new MemoryBudget(16 * MIB);
  const decoder = new FrameDecoder({ maxFrameBytes: MIB, budget });
  const { frames } = decode(decoder, [encodeFrame(0x20, pattern(payloadBytes))]);
  assert.equal(frames[0]?.payload.length, payloadBytes);
  assert(budget.usedBytes >= payloadBytes);
  return { decoder, budget };
}

/** After the second one the slab is full, after the first it is not. */
const LARGE_PAYLOADS = [900_000, MIB - 5];

/** Passes `chunks` on, and looks at the memory before each of them but the first `spared`. */
function* watched(
  chunks: Iterable<Uint8Array>,
  budget: MemoryBudget,
  spared: number,
): Generator<Uint8Array> {
  let passed = 0;
  for (const chunk of chunks) {
    const { usedBytes } = budget;
    if (passed >= spared) {
      assert(usedBytes <= BUSY_SLAB_BYTES, `${usedBytes} bytes are kept after ${passed} reads`);
    }
    yield chunk;
    passed++;
  }
}

for (const readBytes of [100, 5000, 20 * KIB, 40 * KIB, 60 * KIB]) {
  for (const payloadBytes of [16, 7000]) {
    const traffic = `frames of ${payloadBytes} bytes in reads of ${readBytes}`;

    Deno.test(`space() gives the memory of a frame of 1 MiB back under ${traffic}`, () => {
      const count = Math.ceil(200 * KIB / payloadBytes);
      const stream = concat(
        Array.from({ length: count }, (_, i) => encodeFrame(0x21, pattern(payloadBytes, i))),
      );
      for (const largeBytes of LARGE_PAYLOADS) {
        const { decoder, budget } = afterLargeFrame(largeBytes);
        const chunks = watched(cut(stream, [readBytes]), budget, 2);
        const { frames, errorCode } = decode(decoder, chunks, { scribble: true });
        assert.equal(errorCode, undefined);
        assert.equal(frames.length, count);
        const isIntact = frames.every(({ payload }, i) => equal(payload, pattern(payloadBytes, i)));
        assert(isIntact, "a frame has changed");
        decoder.release();
        assert.equal(budget.usedBytes, 0);
      }
    });
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
