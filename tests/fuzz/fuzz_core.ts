/** One bad stream through the decoder and the readers of handshake messages, with all its checks. */
import assert from "node:assert/strict";
import { Kind } from "../../lib/transport/frame.ts";
import { FrameDecoder, REST_SLAB_BYTES } from "../../lib/transport/frame_decoder.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import {
  decodeChallenge,
  decodeError,
  decodeGoodbye,
  decodeHello,
  decodeProof,
  decodeWelcome,
  encodeChallenge,
  encodeError,
  encodeGoodbye,
  encodeHello,
  encodeProof,
  encodeWelcome,
} from "../../lib/transport/handshake_messages.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { cut, decodePlainly } from "../transport/feed.ts";
import { viewOfFrame } from "../transport/samples.ts";
import { makeReads, makeStream } from "./mutate.ts";
import { Random } from "../random.ts";

/** A stream and the circumstances under which it is read. */
export interface FuzzCase {
  readonly stream: Uint8Array;
  /** Sizes of the reads, used over and over. */
  readonly reads: readonly number[];
  readonly maxFrameBytes: number;
  readonly limitBytes: number;
}

/** What one case did. */
export interface FuzzResult {
  readonly frames: number;
  /** Messages that were read without a fault. */
  readonly messages: number;
  /** Code that the decoder ended with. */
  readonly errorCode: string | undefined;
}

/** The case that belongs to `seed`. */
export function makeCase(seed: number): FuzzCase {
  const random = new Random(seed);
  const stream = makeStream(random);
  return {
    stream,
    reads: makeReads(random, stream.length),
    maxFrameBytes: random.pick([4096, 65_536, 1024 * 1024, 64 * 1024 * 1024]),
    limitBytes: random.pick([0, 65_536, 300_000, 4 * 1024 * 1024]),
  };
}

/** Reads a message and writes it again; reading gives the same as before if this is idempotent. */
const READERS: Readonly<Record<number, (view: FrameView) => Uint8Array>> = {
  [Kind.Hello]: (view) => encodeHello(decodeHello(view)),
  [Kind.Challenge]: (view) => encodeChallenge(decodeChallenge(view)),
  [Kind.Proof]: (view) => encodeProof(decodeProof(view)),
  [Kind.Welcome]: (view) => encodeWelcome(decodeWelcome(view).welcome),
  [Kind.Error]: (view) => encodeError(decodeError(view)),
  [Kind.Goodbye]: (view) => encodeGoodbye(decodeGoodbye(view)),
};

/** Hands a frame to its reader. @returns whether there was one and it found no fault */
function readMessage(view: FrameView): boolean {
  const read = READERS[view.kind];
  if (read === undefined) return false;
  let written: Uint8Array;
  try {
    written = read(view);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    assert.equal(error.code, "bad-message", "a reader finds bad messages only");
    assert.ok(encodeError(error).length <= 4096, "the fault fits an ERROR frame");
    return false;
  }
  assert.deepEqual(
    read(viewOfFrame(written)),
    written,
    "reading and writing again changes nothing",
  );
  return true;
}

function checkMemory(decoder: FrameDecoder, budget: MemoryBudget): void {
  assert.ok(budget.usedBytes <= budget.limitBytes + REST_SLAB_BYTES, "the budget is kept");
  const accounted = decoder.capacityBytes === REST_SLAB_BYTES ? 0 : decoder.capacityBytes;
  assert.equal(budget.usedBytes, accounted, "the slab is accounted for");
}

/**
 * Runs one case.
 *
 * @throws whatever shows a defect; errors of the line are expected and never thrown
 */
export function runCase({ stream, reads, maxFrameBytes, limitBytes }: FuzzCase): FuzzResult {
  const budget = new MemoryBudget(limitBytes);
  const decoder = new FrameDecoder({ maxFrameBytes, budget });
  const expected = decodePlainly(stream, maxFrameBytes);
  let frames = 0;
  let messages = 0;
  let errorCode: string | undefined;
  const take = () => {
    for (;;) {
      const before = decoder.pendingBytes;
      const view = decoder.next();
      if (view === undefined) return;
      assert.equal(decoder.pendingBytes, before - 5 - view.length, "a frame uses its bytes up");
      const plain = expected.frames[frames++];
      assert.ok(plain, "the plain twin has this frame too");
      assert.equal(view.kind, plain.kind);
      assert.ok(equalBytes(view.subarray(), plain.payload), "the payload is the twin's");
      if (readMessage(view)) messages++;
    }
  };
  try {
    take();
    for (const read of cut(stream, reads)) {
      for (let at = 0; at < read.length;) {
        const space = decoder.space();
        checkMemory(decoder, budget);
        assert.ok(space.length > 0, "space() is never empty");
        const part = read.subarray(at, at + space.length);
        space.set(part);
        decoder.filled(part.length);
        at += part.length;
        take();
      }
    }
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    errorCode = error.code;
  }
  if (errorCode !== "overloaded") {
    assert.equal(errorCode, expected.errorCode, "the end is the twin's");
    assert.equal(frames, expected.frames.length, "all frames came out");
  }
  if (errorCode === undefined) assert.equal(decoder.pendingBytes, expected.pendingBytes);
  checkMemory(decoder, budget);
  decoder.release();
  assert.equal(budget.usedBytes, 0, "release() gives everything back");
  return { frames, messages, errorCode };
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A case as text from which it can be run again. */
export function formatCase({ stream, reads, maxFrameBytes, limitBytes }: FuzzCase): string {
  const lines = [`maxFrameBytes ${maxFrameBytes}, limitBytes ${limitBytes}`];
  lines.push(`reads ${reads.join(" ")}, over and over`, `stream of ${stream.length} bytes:`);
  for (let at = 0; at < stream.length; at += 16) {
    const row = stream.subarray(at, at + 16);
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = String.fromCharCode(...row).replace(/[^ -~]/g, ".");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join("\n");
}
