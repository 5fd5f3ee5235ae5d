import assert from "node:assert/strict";
import { encodeFrame } from "../../lib/transport/frame.ts";
import {
  BUSY_SLAB_BYTES,
  FrameDecoder,
  REST_SLAB_BYTES,
} from "../../lib/transport/frame_decoder.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { cut, decode, feed } from "./feed.ts";
import { concat } from "./plain_decoder.ts";
import { pattern, withLength } from "./samples.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const encoder = new TextEncoder();

function newDecoder(options: { maxFrameBytes?: number; limitBytes?: number } = {}) {
  const budget = new MemoryBudget(options.limitBytes ?? 16 * MIB);
  const decoder = new FrameDecoder({ maxFrameBytes: options.maxFrameBytes ?? MIB, budget });
  return { decoder, budget };
}

/** Puts `bytes` into the decoder's memory as one read. */
function read(decoder: FrameDecoder, bytes: Uint8Array): void {
  const space = decoder.space();
  assert.ok(bytes.length <= space.length);
  space.set(bytes);
  decoder.filled(bytes.length);
}

/** What `run` throws, which must be an error of the line. */
function lineError(run: () => void): LineError {
  try {
    run();
  } catch (error) {
    if (error instanceof LineError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}

const LENGTHS = [
  { n: 0, code: "frame-empty" },
  { n: 1, code: undefined },
  { n: 4096, code: undefined },
  { n: 4097, code: "frame-too-large" },
  { n: 2 ** 31 - 1, code: "frame-too-large" },
  { n: 2 ** 31, code: "frame-too-large" },
  { n: 2 ** 32 - 1, code: "frame-too-large" },
];

for (const { n, code } of LENGTHS) {
  Deno.test(`next() answers a length of ${n} under a limit of 4096 with ${code ?? "a frame"}`, () => {
    const { decoder, budget } = newDecoder({ maxFrameBytes: 4096 });
    for (const byte of withLength(n).subarray(0, 3)) {
      read(decoder, Uint8Array.of(byte));
      assert.equal(decoder.next(), undefined, "three bytes of length say nothing yet");
    }
    read(decoder, withLength(n).subarray(3));
    if (code === undefined) {
      assert.equal(decoder.next(), undefined);
      const frame = encodeFrame(0x20, pattern(n - 1));
      feed(decoder, frame.subarray(4), () => {});
      assert.deepEqual(decoder.next()?.copy(), pattern(n - 1));
    } else {
      assert.equal(lineError(() => decoder.next()).code, code);
      assert.equal(lineError(() => decoder.next()).code, code, "the error stays");
    }
    assert.equal(decoder.capacityBytes, REST_SLAB_BYTES);
    assert.equal(budget.usedBytes, 0);
  });
}

Deno.test("next() says in the message which lengths were met and allowed", () => {
  const { decoder } = newDecoder({ maxFrameBytes: 4096 });
  read(decoder, withLength(5000));
  assert.equal(
    lineError(() => decoder.next()).message,
    "Cannot read a frame of 5000 bytes: at most 4096 are allowed",
  );
});

const FOREIGN = [
  { first: "GET / HTTP/1.1\r\n", hint: "HTTP" },
  { first: "POST / HTTP/1.1\r\n", hint: "HTTP" },
  { first: "PUT / HTTP/1.1\r\n", hint: "HTTP" },
  { first: "HEAD / HTTP/1.1\r\n", hint: "HTTP" },
  { first: "OPTIONS * HTTP/1.1\r\n", hint: "HTTP" },
  { first: "CONNECT a:1 HTTP/1.1\r\n", hint: "HTTP" },
  { first: "PRI * HTTP/2.0\r\n", hint: "HTTP" },
  { first: "HTTP/1.1 400 Bad Request\r\n", hint: "HTTP" },
  { first: "\x16\x03\x01\x02\x00\x01", hint: "TLS" },
  { first: "SSH-2.0-OpenSSH_9.2\r\n", hint: "SSH" },
];

for (const { first, hint } of FOREIGN) {
  Deno.test(`next() takes ${JSON.stringify(first.slice(0, 4))} for ${hint}`, () => {
    const { decoder } = newDecoder({ maxFrameBytes: 64 * MIB });
    read(decoder, encoder.encode(first));
    const { code, message } = lineError(() => decoder.next());
    assert.equal(code, "frame-too-large");
    assert.match(message, new RegExp(` \\(this looks like ${hint}\\)$`));
  });
}

Deno.test("next() adds no hint to a length that no known protocol begins with", () => {
  const { decoder } = newDecoder();
  read(decoder, encoder.encode("\x7fELF"));
  assert.doesNotMatch(lineError(() => decoder.next()).message, /looks like/);
});

Deno.test("space() offers 8 KiB at rest, 64 KiB after a full read, 8 KiB after a small one", () => {
  const { decoder, budget } = newDecoder();
  const steps = [
    { readBytes: 100, spaceAfter: REST_SLAB_BYTES },
    { readBytes: REST_SLAB_BYTES, spaceAfter: BUSY_SLAB_BYTES },
    { readBytes: 5000, spaceAfter: BUSY_SLAB_BYTES },
    { readBytes: BUSY_SLAB_BYTES, spaceAfter: BUSY_SLAB_BYTES },
    { readBytes: 100, spaceAfter: REST_SLAB_BYTES },
    { readBytes: REST_SLAB_BYTES - 1, spaceAfter: REST_SLAB_BYTES },
  ];
  for (const { readBytes, spaceAfter } of steps) {
    read(decoder, encodeFrame(0x20, new Uint8Array(readBytes - 5)));
    assert.equal(decoder.next()?.length, readBytes - 5);
    assert.equal(decoder.space().length, spaceAfter, `after a read of ${readBytes}`);
    assert.equal(decoder.capacityBytes, spaceAfter);
    assert.equal(budget.usedBytes, spaceAfter === REST_SLAB_BYTES ? 0 : BUSY_SLAB_BYTES);
  }
});

Deno.test("space() takes memory for what has arrived, not for what was announced", () => {
  for (const size of [100, 4000, 65_536]) {
    const { decoder, budget } = newDecoder({
      maxFrameBytes: 64 * 1024 * KIB,
      limitBytes: 128 * 1024 * KIB,
    });
    const stream = encodeFrame(0x20, new Uint8Array(4 * 1024 * KIB));
    new DataView(stream.buffer).setUint32(0, 64 * 1024 * KIB);
    for (let at = 0; at < stream.length;) {
      const space = decoder.space();
      const received = at;
      assert.ok(budget.usedBytes <= Math.max(64 * KIB, 4 * received), `${received} bytes`);
      const n = Math.min(space.length, size, stream.length - at);
      space.set(stream.subarray(at, at + n));
      decoder.filled(n);
      at += n;
      assert.equal(decoder.next(), undefined);
    }
    decoder.release();
    assert.equal(budget.usedBytes, 0);
  }
});

Deno.test("next() decodes a frame of 200 KiB, and release() gives its memory back", () => {
  const payload = pattern(200 * KIB);
  const before = encodeFrame(0x21, pattern(10));
  for (const size of [7, 1000, 8192, 50_000, 300_000]) {
    const { decoder, budget } = newDecoder();
    const stream = concat([before, encodeFrame(0x20, payload), before]);
    const { frames, pendingBytes } = decode(decoder, cut(stream, [size]), { scribble: true });
    assert.deepEqual(frames.map((frame) => frame.kind), [0x21, 0x20, 0x21]);
    assert.equal(pendingBytes, 0);
    assert.ok(frames[1]?.payload.every((byte, i) => byte === payload[i]), `reads of ${size}`);
    decoder.release();
    assert.equal(budget.usedBytes, 0);
  }
});

Deno.test("space() gives the memory of a large frame back after a small read", () => {
  const { decoder, budget } = newDecoder();
  decode(decoder, [encodeFrame(0x20, pattern(200 * KIB))]);
  assert.ok(budget.usedBytes > 0);
  feed(decoder, encodeFrame(0x06, pattern(8)), () => decoder.next());
  decoder.space();
  assert.equal(budget.usedBytes, 0);
});

Deno.test("release() may be called twice and gives memory back once", () => {
  const { decoder, budget } = newDecoder();
  decode(decoder, [encodeFrame(0x20, pattern(200 * KIB)).subarray(0, 1000)]);
  decoder.release();
  decoder.release();
  assert.equal(budget.usedBytes, 0);
  assert.equal(decoder.pendingBytes, 0);
});

Deno.test("space() refuses as overloaded a frame that the budget has no room for", () => {
  const { decoder, budget } = newDecoder({ limitBytes: 100 * KIB });
  const frame = encodeFrame(0x20, pattern(200 * KIB));
  assert.equal(decode(decoder, [frame]).errorCode, "overloaded");
  assert.equal(decoder.next(), undefined);
  assert.ok(budget.usedBytes <= 100 * KIB);
  decoder.release();
  assert.equal(budget.usedBytes, 0);
});

Deno.test("space() goes on with a large frame once others gave memory back", () => {
  const { decoder, budget } = newDecoder({ limitBytes: 512 * KIB });
  const held = budget.take(256 * KIB);
  assert.ok(held);
  const frame = encodeFrame(0x20, pattern(200 * KIB));
  decode(decoder, [frame.subarray(0, 64 * KIB)]);
  assert.equal(lineError(() => decoder.space()).code, "overloaded");
  budget.give(held);
  const { frames, pendingBytes } = decode(decoder, [frame.subarray(64 * KIB)]);
  assert.deepEqual(frames.map(({ payload }) => payload.length), [200 * KIB]);
  assert.equal(pendingBytes, 0);
});

Deno.test("next() decodes small frames in full reads when the budget is used up", () => {
  const { decoder, budget } = newDecoder({ limitBytes: 0 });
  const stream = concat(Array.from({ length: 2000 }, (_, i) => encodeFrame(0x20, pattern(40, i))));
  const { frames, errorCode, pendingBytes } = decode(decoder, [stream], { scribble: true });
  assert.equal(frames.length, 2000);
  assert.equal(errorCode, undefined);
  assert.equal(pendingBytes, 0);
  assert.equal(decoder.capacityBytes, REST_SLAB_BYTES);
  assert.equal(budget.usedBytes, 0);
});

Deno.test("space() is never empty where a frame ends a byte around the end of the slab", () => {
  const first = encodeFrame(0x20, pattern(2000 - 5));
  for (let beyond = -2; beyond <= 2; beyond++) {
    const { decoder } = newDecoder({ limitBytes: 0 });
    const second = encodeFrame(0x21, pattern(REST_SLAB_BYTES - 2000 - 5 + beyond));
    const { frames, pendingBytes } = decode(decoder, [concat([first, second, first])]);
    assert.deepEqual(frames.map(({ kind }) => kind), [0x20, 0x21, 0x20], `${beyond} beyond`);
    assert.equal(pendingBytes, 0);
  }
});

Deno.test("capacityBytes stays within the budget and 8 KiB for frames of any size", () => {
  const { decoder, budget } = newDecoder({ limitBytes: MIB });
  for (const size of [10, 8187, 8188, 65_531, 65_532, 500_000, 20, 300_000, 0]) {
    const { errorCode } = decode(decoder, cut(encodeFrame(0x20, pattern(size)), [30_000]));
    assert.equal(errorCode, undefined);
    assert.ok(budget.usedBytes <= budget.limitBytes);
    const accounted = decoder.capacityBytes === REST_SLAB_BYTES ? 0 : decoder.capacityBytes;
    assert.equal(budget.usedBytes, accounted);
  }
});
