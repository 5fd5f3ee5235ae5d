/**
 * Makes bad streams out of good ones: first on whole frames, so that payloads are spoiled behind a
 * length that is right; then on bytes, so that everything behind is read out of step.
 */
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { encodeGoodbye } from "../../lib/transport/handshake_messages.ts";
import { concat } from "../transport/plain_decoder.ts";
import { CLIENT_STREAM, pattern, SERVER_STREAM } from "../transport/samples.ts";
import type { Random } from "../random.ts";

const encoder = new TextEncoder();

const EXTRA_FRAMES: readonly Uint8Array[] = [
  encodeGoodbye({ code: "shutting-down", message: "back soon", retryAfterMs: 2500 }),
  encodeFrame(Kind.Credit, pattern(4)),
  encodeFrame(0xff, new Uint8Array(0)),
];

/** Lengths at which a decoder may go wrong. */
const LENGTHS = [0, 1, 4, 5, 4095, 4096, 4097, 8187, 8188, 65_536, 65_537, 2 ** 20, 2 ** 20 + 1];
const HUGE_LENGTHS = [2 ** 26, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Text at which a parser or a schema may go wrong. */
const TOKENS = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "true",
  "-1",
  "0.5",
  "1e99",
  "-0",
  '"\\u0000"',
  '"\\ud800"',
  '"__proto__":1,',
  '"constructor":{},',
  "\\",
  "\u0000",
  "\ufeff",
  "ä",
  "[".repeat(500),
].map((token) => encoder.encode(token));

function spliced(bytes: Uint8Array, at: number, drop: number, insert: Uint8Array): Uint8Array {
  return concat([bytes.subarray(0, at), insert, bytes.subarray(at + drop)]);
}

/** One change of bytes, whatever they mean. */
function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const count = random.pick([1, 1, 1, 2, 4, 5, 32, 100]);
  switch (random.below(8)) {
    case 0: {
      const flipped = bytes.slice();
      if (at < bytes.length) flipped[at] = (flipped[at] as number) ^ 1 << random.below(8);
      return flipped;
    }
    case 1:
      return spliced(bytes, at, 1, random.bytes(1));
    case 2:
      return bytes.slice(0, at);
    case 3:
      return spliced(bytes, at, count, new Uint8Array(0));
    case 4:
      return spliced(bytes, at, 0, random.bytes(count));
    case 5:
      return spliced(bytes, at, 0, bytes.subarray(at, at + count));
    case 6:
      return spliced(bytes, at, random.below(20), random.pick(TOKENS));
    default:
      return spliced(bytes, at, count, bytes.subarray(random.below(bytes.length + 1)));
  }
}

/** One change that keeps the boundaries of frames. */
function mutateFrames(frames: Uint8Array[], random: Random): void {
  const index = random.below(frames.length);
  const frame = frames[index];
  if (frame === undefined) return;
  const payload = frame.subarray(5);
  switch (random.below(6)) {
    case 0:
      frames[index] = encodeFrame(random.below(256), payload);
      return;
    case 1:
      frames.splice(index, 1);
      return;
    case 2:
      frames.splice(random.below(frames.length + 1), 0, frame);
      return;
    case 3:
      frames[index] = frames.splice(random.below(frames.length), 1, frame)[0] ?? frame;
      return;
    default:
      frames[index] = encodeFrame(frame[4] as number, mutateBytes(payload, random));
  }
}

/** Writes another length over that of one frame. */
function mutateLength(frames: Uint8Array[], random: Random): void {
  const index = random.below(frames.length);
  const frame = frames[index]?.slice();
  if (frame === undefined) return;
  const data = new DataView(frame.buffer);
  const n = data.getUint32(0);
  data.setUint32(0, random.pick([n - 1, n + 1, n * 256, ...LENGTHS, ...HUGE_LENGTHS]));
  frames[index] = frame;
}

/** Two frames that end together around the end of a slab, when they come first. */
function edgeFrames(random: Random): Uint8Array[] {
  const slabBytes = random.pick([8192, 65_536]);
  const first = random.between(5, slabBytes - 1100);
  const second = slabBytes - first + random.between(-3, 3);
  return [first, second].map((size) => encodeFrame(0x21, pattern(size - 5)));
}

/** A stream that a peer might send who is broken, hostile or both. */
export function makeStream(random: Random): Uint8Array {
  const frames = [
    ...random.pick([CLIENT_STREAM, SERVER_STREAM, [...CLIENT_STREAM, ...SERVER_STREAM]]),
  ];
  for (let i = random.below(4); i > 0; i--) {
    const size = random.oneIn(20) ? random.below(150_000) : random.below(3000);
    const extra = random.oneIn(2) ? random.pick(EXTRA_FRAMES) : encodeFrame(0x20, pattern(size));
    frames.splice(random.below(frames.length + 1), 0, extra);
  }
  if (random.oneIn(5)) frames.unshift(...edgeFrames(random));
  for (let i = random.pick([0, 0, 1, 2, 3]); i > 0; i--) mutateFrames(frames, random);
  if (random.oneIn(3)) mutateLength(frames, random);
  let bytes: Uint8Array = concat(frames);
  for (let i = random.pick([0, 0, 1, 1, 2, 5]); i > 0; i--) bytes = mutateBytes(bytes, random);
  return bytes;
}

/** Sizes of the reads in which a stream arrives; used over and over. */
export function makeReads(random: Random, streamBytes: number): number[] {
  const most = random.pick([1, 3, 10, 100, 1500, 9000, 70_000, streamBytes + 1]);
  const least = most === 1 && streamBytes > 5000 ? 50 : 1;
  return Array.from(
    { length: random.between(1, 8) },
    () => random.between(least, least + most - 1),
  );
}
