/**
 * What other codecs of "four bytes of length, big-endian" test, told in frames of tram/1: a body of
 * theirs is a kind and a payload of ours. Sources: tokio-util `tests/length_delimited.rs` and
 * Erlang/OTP `decode_packet_SUITE` for `{packet, 4}`.
 */
import assert from "node:assert/strict";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { decode, feed } from "./feed.ts";
import { withLength } from "./samples.ts";

interface Case {
  /** The test that it mirrors. */
  readonly source: string;
  readonly claim: string;
  /** One entry for each read; `\0` and the like stand for bytes. */
  readonly reads: readonly string[];
  /** Bodies: kind and payload. */
  readonly bodies: readonly string[];
  readonly error?: string;
  /** Bytes that are left at the end of the stream; above 0 is a cut frame. @default {0} */
  readonly left?: number;
  /** @default {1024} */
  readonly maxFrameBytes?: number;
}

const NINE = "\0\0\0\x09abcdefghi";
const THREE = "\0\0\0\x03123";
const ELEVEN = "\0\0\0\x0bhello world";

const CASES: readonly Case[] = [
  {
    source: "tokio-util read_empty_io_yields_nothing",
    claim: "gives nothing for an empty stream",
    reads: [],
    bodies: [],
  },
  {
    source: "tokio-util read_single_frame_one_packet",
    claim: "gives the one frame of one read",
    reads: [NINE],
    bodies: ["abcdefghi"],
  },
  {
    source: "tokio-util read_single_multi_frame_one_packet",
    claim: "gives three frames of one read in order",
    reads: [NINE + THREE + ELEVEN],
    bodies: ["abcdefghi", "123", "hello world"],
  },
  {
    source: "tokio-util read_single_frame_multi_packet",
    claim: "joins a head and a body that were split",
    reads: ["\0\0", "\0\x09abc", "defghi"],
    bodies: ["abcdefghi"],
  },
  {
    source: "tokio-util read_multi_frame_multi_packet",
    claim: "joins frames of which the next begins in the same read",
    reads: ["\0\0", "\0\x09abc", "defghi", "\0\0\0\x0312", "3\0\0\0\x0bhello world"],
    bodies: ["abcdefghi", "123", "hello world"],
  },
  {
    source: "tokio-util read_incomplete_head",
    claim: "has 2 bytes left when the stream ends in a head",
    reads: ["\0\0"],
    bodies: [],
    left: 2,
  },
  {
    source: "tokio-util read_incomplete_head_multi",
    claim: "has 1 byte left when the stream ends after the first byte",
    reads: ["", "\0", ""],
    bodies: [],
    left: 1,
  },
  {
    source: "tokio-util read_incomplete_payload",
    claim: "has 8 bytes left when the stream ends in a body",
    reads: ["\0\0\0\x09ab", "", "cd", ""],
    bodies: [],
    left: 8,
  },
  {
    source: "tokio-util read_max_frame_len",
    claim: "refuses a body above the limit",
    reads: [NINE],
    bodies: [],
    error: "frame-too-large",
    left: 13,
    maxFrameBytes: 5,
  },
  {
    source: "tokio-util read_max_frame_len, at the limit",
    claim: "accepts a body that is exactly at the limit",
    reads: [NINE],
    bodies: ["abcdefghi"],
    maxFrameBytes: 9,
  },
  {
    source: "tokio-util, where an empty frame is a frame",
    claim: "refuses an empty body",
    reads: [THREE + "\0\0\0\0" + THREE],
    bodies: ["123"],
    error: "frame-empty",
    left: 11,
  },
  {
    source: "Erlang basic: more bytes are wanted",
    claim: "waits for the fifth byte of a body of five",
    reads: ["\0\0\0\x05\x01\x02\x03\x04"],
    bodies: [],
    left: 8,
  },
  {
    source: "Erlang basic: length unknown",
    claim: "waits for the fourth byte of the length",
    reads: ["\0\0\0"],
    bodies: [],
    left: 3,
  },
];

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function newDecoder(maxFrameBytes = 1024): FrameDecoder {
  return new FrameDecoder({ maxFrameBytes, budget: new MemoryBudget(0) });
}

function bodiesOf({ frames }: ReturnType<typeof decode>): string[] {
  return frames.map(({ kind, payload }) => String.fromCharCode(kind, ...payload));
}

for (const { source, claim, reads, bodies, error, left = 0, maxFrameBytes } of CASES) {
  Deno.test(`next() ${claim} (${source})`, () => {
    const decoded = decode(newDecoder(maxFrameBytes), reads.map(bytesOf));
    assert.deepEqual(bodiesOf(decoded), bodies);
    assert.equal(decoded.errorCode, error);
    assert.equal(decoded.pendingBytes, left);
  });
}

// tokio-util read_single_frame_multi_packet_wait and read_multi_frame_multi_packet_wait.
Deno.test("next() gives undefined until the read that ends the frame", () => {
  const decoder = newDecoder();
  const given: (string | undefined)[] = [];
  for (const read of ["\0\0", "\0\x09abc", "defghi", "\0\0\0\x0312", "3" + ELEVEN]) {
    decoder.space().set(bytesOf(read));
    decoder.filled(read.length);
    for (;;) {
      const view = decoder.next();
      given.push(view && String.fromCharCode(view.kind) + view.text());
      if (view === undefined) break;
    }
  }
  assert.deepEqual(
    given,
    [undefined, undefined, "abcdefghi", undefined, undefined, "123", "hello world", undefined],
  );
});

// tokio-util read_update_max_frame_len_at_rest.
Deno.test("maxFrameBytes changed between two frames holds for the second", () => {
  const decoder = newDecoder();
  assert.deepEqual(bodiesOf(decode(decoder, [bytesOf(NINE)])), ["abcdefghi"]);
  decoder.maxFrameBytes = 5;
  assert.equal(decode(decoder, [bytesOf(NINE)]).errorCode, "frame-too-large");
});

// The same, when both frames came in one read.
Deno.test("maxFrameBytes changed by a frame's handler holds for the next frame of the read", () => {
  for (const { limit, error } of [{ limit: 8, error: "frame-too-large" }, { limit: 11 }]) {
    const decoder = newDecoder(9);
    const onFrame = () => {
      decoder.maxFrameBytes = limit;
    };
    const decoded = decode(decoder, [bytesOf(NINE + ELEVEN)], { onFrame });
    assert.equal(decoded.errorCode, error);
    assert.equal(decoded.frames.length, error === undefined ? 2 : 1);
  }
});

// tokio-util read_update_max_frame_len_in_flight, where the frame that began still passes. Here the
// limit is only ever raised on the way; lowered, it must stop what is above it at once.
Deno.test("maxFrameBytes lowered inside a frame stops that frame", () => {
  const decoder = newDecoder();
  feed(decoder, bytesOf(NINE.slice(0, 8)), () => decoder.next());
  decoder.maxFrameBytes = 5;
  assert.equal(decode(decoder, [bytesOf(NINE.slice(8))]).errorCode, "frame-too-large");
});

Deno.test("maxFrameBytes raised inside a frame leaves that frame whole", () => {
  const decoder = newDecoder(9);
  feed(decoder, bytesOf(NINE.slice(0, 8)), () => decoder.next());
  decoder.maxFrameBytes = 1024;
  assert.deepEqual(bodiesOf(decode(decoder, [bytesOf(NINE.slice(8))])), ["abcdefghi"]);
});

// Erlang basic: body and rest, with every shorter stream (more_length).
Deno.test("next() wants more for every cut of a packet and leaves the rest alone", () => {
  const packet = [101, 22, 203, 54, 175];
  const rest = [0, 0, 0, 250];
  const stream = Uint8Array.from([0, 0, 0, 5, ...packet, ...rest]);
  for (let length = 0; length <= stream.length; length++) {
    const { frames, pendingBytes } = decode(newDecoder(), [stream.subarray(0, length)]);
    assert.equal(frames.length, length < 9 ? 0 : 1, `cut at ${length}`);
    assert.equal(pendingBytes, length < 9 ? length : length - 9);
    if (length >= 9) assert.deepEqual([101, ...frames[0]?.payload ?? []], packet);
  }
});

// Erlang packet_size: a packet of 5 bytes under limits of 1 to 10. Theirs takes 0 for "no limit".
Deno.test("next() accepts a packet of 5 bytes under limits from 5 on and refuses it below", () => {
  const stream = withLength(5, Uint8Array.of(101, 22, 203, 54, 175, 123, 34, 0));
  for (let limit = 0; limit <= 10; limit++) {
    const { frames, errorCode } = decode(newDecoder(limit), [stream]);
    assert.equal(frames.length, limit < 5 ? 0 : 1, `limit ${limit}`);
    assert.equal(errorCode, limit < 5 ? "frame-too-large" : undefined);
  }
});

// Erlang packet_size, OTP-8102: sizes that are negative when read as signed.
Deno.test("next() refuses the sizes -10 to -1, read as unsigned", () => {
  for (let size = -10; size <= -1; size++) {
    const stream = withLength(size, Uint8Array.of(101, 22, 203, 54, 175));
    assert.equal(decode(newDecoder(64 * 2 ** 20), [stream]).errorCode, "frame-too-large");
  }
});
