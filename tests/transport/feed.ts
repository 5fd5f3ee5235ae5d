/** Feeds bytes to a `FrameDecoder` as a stream would, and keeps copies of what comes out. */
import assert from "node:assert/strict";
import { HEAD_BYTES } from "../../lib/transport/frame.ts";
import type { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { PlainDecoder, type PlainFrame } from "./plain_decoder.ts";

/** What came out of a decoder. */
export interface Decoded {
  readonly frames: PlainFrame[];
  /** Code of the error that ended it. */
  readonly errorCode: string | undefined;
  /** Bytes received and not handed out. */
  readonly pendingBytes: number;
}

/** Options of {@linkcode decode}. */
export interface FeedOptions {
  /** Overwrites each frame in the slab, head and payload, before the next is asked for. */
  readonly scribble?: boolean;
  /** Called for each frame while it is valid. */
  readonly onFrame?: (view: FrameView) => void;
}

/** Overwrites a frame where it lies. */
function scribbleOver(view: FrameView): void {
  const payload = view.subarray();
  new Uint8Array(payload.buffer, payload.byteOffset - HEAD_BYTES, HEAD_BYTES + view.length)
    .fill(0xee);
}

/** Feeds one chunk; what a stream has ready at once. */
export function feed(decoder: FrameDecoder, chunk: Uint8Array, take: () => void): void {
  take();
  for (let at = 0; at < chunk.length;) {
    const space = decoder.space();
    assert.ok(space.length > 0, "space() is never empty");
    const part = chunk.subarray(at, at + space.length);
    space.set(part);
    decoder.filled(part.length);
    at += part.length;
    take();
  }
}

/** Feeds `chunks` and collects frames until an error of the line. */
export function decode(
  decoder: FrameDecoder,
  chunks: Iterable<Uint8Array>,
  options: FeedOptions = {},
): Decoded {
  const frames: PlainFrame[] = [];
  const take = () => {
    for (let view = decoder.next(); view !== undefined; view = decoder.next()) {
      frames.push({ kind: view.kind, payload: view.copy() });
      options.onFrame?.(view);
      if (options.scribble) scribbleOver(view);
    }
  };
  try {
    for (const chunk of chunks) feed(decoder, chunk, take);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return { frames, errorCode: error.code, pendingBytes: decoder.pendingBytes };
  }
  return { frames, errorCode: undefined, pendingBytes: decoder.pendingBytes };
}

/** The same with the slow twin. */
export function decodePlainly(stream: Uint8Array, maxFrameBytes: number): Decoded {
  const decoder = new PlainDecoder(maxFrameBytes);
  const frames: PlainFrame[] = [];
  decoder.push(stream);
  try {
    for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
      frames.push(frame);
    }
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return { frames, errorCode: error.code, pendingBytes: decoder.pendingBytes };
  }
  return { frames, errorCode: undefined, pendingBytes: decoder.pendingBytes };
}

/** Cuts `stream` into chunks; `sizes` is used over and over. */
export function* cut(stream: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length] as number;
    yield stream.subarray(at, at + size);
    at += size;
  }
}
