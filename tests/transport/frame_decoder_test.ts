import fc from "fast-check";
import assert from "node:assert/strict";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { cut, decode, type Decoded, decodePlainly } from "./feed.ts";
import { concat, type PlainFrame } from "./plain_decoder.ts";
import { CLIENT_STREAM, pattern, RECORDED, SERVER_STREAM, withLength } from "./samples.ts";

const LIMIT_BYTES = 16 * 1024 * 1024;

function newDecoder(maxFrameBytes = 1024 * 1024): FrameDecoder {
  return new FrameDecoder({ maxFrameBytes, budget: new MemoryBudget(LIMIT_BYTES) });
}

for (const { name, bytes } of RECORDED) {
  const whole = decodePlainly(bytes, 1024 * 1024);

  Deno.test(`next() gives the ${name}'s frames when all bytes come at once`, () => {
    assert.equal(whole.frames.length, 7);
    assert.deepEqual(decode(newDecoder(), [bytes]), whole);
  });

  Deno.test(`next() gives the ${name}'s frames when the bytes come one at a time`, () => {
    assert.deepEqual(decode(newDecoder(), cut(bytes, [1]), { scribble: true }), whole);
  });

  Deno.test(`next() gives the ${name}'s frames for every split into two reads`, () => {
    for (let at = 0; at <= bytes.length; at++) {
      const chunks = [bytes.subarray(0, at), bytes.subarray(at)];
      assert.deepEqual(decode(newDecoder(), chunks, { scribble: true }), whole, `split at ${at}`);
    }
  });

  Deno.test(`pendingBytes of the ${name}'s stream is 0 only where a frame ends`, () => {
    for (let length = 0; length <= bytes.length; length++) {
      const stream = bytes.subarray(0, length);
      const decoder = newDecoder();
      assert.deepEqual(decode(decoder, [stream]), decodePlainly(stream, 1024 * 1024));
      const ends = frameEnds(name === "client" ? CLIENT_STREAM : SERVER_STREAM);
      assert.equal(decoder.pendingBytes === 0, ends.has(length), `cut at ${length}`);
    }
  });
}

function frameEnds(frames: readonly Uint8Array[]): Set<number> {
  const ends = new Set([0]);
  let end = 0;
  for (const frame of frames) ends.add(end += frame.length);
  return ends;
}

Deno.test("next() gives three short frames for every split into three reads", () => {
  const stream = concat([
    encodeFrame(0x20, pattern(3)),
    encodeFrame(0xff, new Uint8Array(0)),
    encodeFrame(0x7f, pattern(7)),
  ]);
  const whole = decodePlainly(stream, 8);
  for (let one = 0; one <= stream.length; one++) {
    for (let two = one; two <= stream.length; two++) {
      const chunks = [stream.subarray(0, one), stream.subarray(one, two), stream.subarray(two)];
      assert.deepEqual(decode(newDecoder(8), chunks, { scribble: true }), whole);
    }
  }
});

Deno.test("next() gives a view into the memory that space() returned", () => {
  const decoder = newDecoder();
  const space = decoder.space();
  const frame = encodeFrame(0x20, pattern(100));
  space.set(frame);
  decoder.filled(frame.length);
  const payload = decoder.next()?.subarray();
  assert.equal(payload?.buffer, space.buffer);
  assert.equal(payload?.byteOffset, space.byteOffset + 5);
});

Deno.test("next() gives the same view object for each frame", () => {
  const views = new Set<unknown>();
  decode(newDecoder(), [concat(CLIENT_STREAM)], { onFrame: (view) => views.add(view) });
  assert.equal(views.size, 1);
});

/** Mostly small payloads, now and then one that needs a slab of its own. */
const payload = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.nat(9000).map((count) => pattern(count)) },
  { weight: 1, arbitrary: fc.integer({ min: 9000, max: 150_000 }).map((count) => pattern(count)) },
);
const frames = fc.array(
  fc.tuple(fc.nat(255), payload).map(([kind, bytes]) => encodeFrame(kind, bytes)),
  { maxLength: 12 },
);
const chunkSizes = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 100_000 })),
  { minLength: 1, maxLength: 8 },
);

Deno.test("next() gives what the plain twin gives for random frames in random reads", () => {
  fc.assert(
    fc.property(frames, chunkSizes, (list, sizes) => {
      const stream = concat(list);
      const decoder = newDecoder();
      assertEqualDecoded(
        decode(decoder, cut(stream, sizes), { scribble: true }),
        decodePlainly(stream, 1024 * 1024),
      );
      assert.equal(decoder.pendingBytes, 0);
    }),
    { numRuns: 200 },
  );
});

Deno.test("next() gives what the plain twin gives when the stream is cut or goes wrong", () => {
  const wrong = fc.oneof(
    fc.constant(withLength(0)),
    fc.constant(withLength(70_000, pattern(100))),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((n) => withLength(n)),
    fc.uint8Array({ maxLength: 100 }),
  );
  fc.assert(
    fc.property(frames, wrong, chunkSizes, fc.nat(300), (list, tail, sizes, lost) => {
      const whole = concat([...list, tail]);
      const stream = whole.subarray(0, Math.max(0, whole.length - lost));
      const expected = decodePlainly(stream, 65_536);
      const actual = decode(newDecoder(65_536), cut(stream, sizes), { scribble: true });
      // After an error the twin has the whole stream, the decoder only what was read up to there.
      const { pendingBytes } = expected.errorCode === undefined ? actual : expected;
      assertEqualDecoded({ ...actual, pendingBytes }, expected);
    }),
    { numRuns: 300 },
  );
});

/** Compares fingerprints of the frames, since `deepEqual` is slow on long payloads. */
function assertEqualDecoded(
  actual: Decoded,
  expected: Decoded,
): void {
  assert.equal(actual.errorCode, expected.errorCode);
  assert.equal(actual.pendingBytes, expected.pendingBytes);
  assert.deepEqual(actual.frames.map(fingerprint), expected.frames.map(fingerprint));
}

function fingerprint(frame: PlainFrame): string {
  let hash = 2166136261;
  for (const byte of frame.payload) hash = Math.imul(hash ^ byte, 16777619);
  return `${frame.kind}:${frame.payload.length}:${hash >>> 0}`;
}
