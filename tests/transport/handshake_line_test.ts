import assert from "node:assert/strict";
import { HANDSHAKE_MAX_FRAME_BYTES, Kind } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { HandshakeLine } from "../../lib/transport/handshake_line.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";

/** What comes of a stream that gives these bytes, so many at a time. */
async function received(bytes: readonly number[], readBytes: number): Promise<LineError> {
  let at = 0;
  const stream = {
    peer: { host: "192.0.2.7", port: 7777 },
    read(into: Uint8Array) {
      const part = bytes.slice(at, at + readBytes);
      at += part.length;
      into.set(part);
      return Promise.resolve(part.length > 0 ? part.length : null);
    },
    write: (sent: Uint8Array) => Promise.resolve(sent.length),
    closeWrite: () => Promise.resolve(),
    close() {},
  };
  const budget = new MemoryBudget(1024 * 1024);
  const decoder = new FrameDecoder({ maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES, budget });
  const error = await new HandshakeLine(stream, decoder).receive(Kind.Challenge, "CHALLENGE")
    .catch((error) => error);
  assert(error instanceof LineError);
  return error;
}

Deno.test("HandshakeLine tells a TLS alert from a frame, however it comes", async () => {
  for (const readBytes of [1, 2, 7]) {
    const error = await received([0x15, 3, 3, 0, 2, 2, 50], readBytes);
    assert.equal(error.code, "tls-wanted");
    assert.equal(
      error.message,
      "Cannot shake hands with 192.0.2.7:7777: it speaks TLS, this side does not",
    );
    assert(!error.isForPeer);
  }
});

Deno.test("HandshakeLine takes nothing else for a TLS alert", async () => {
  for (const bytes of [[0x15, 4, 3, 0, 2], [0x16, 3, 1, 0, 2], [0, 0x15, 3, 0, 1]]) {
    for (const readBytes of [1, 5]) {
      assert.equal((await received(bytes, readBytes)).code, "frame-too-large");
    }
  }
});
