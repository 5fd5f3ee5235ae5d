import { FrameDecoder } from "../../transport/frame_decoder.ts";
import { MemoryBudget } from "../../transport/memory_budget.ts";
import { MAX_GUARD_FRAME_BYTES } from "./messages.ts";

/**
 * Frames out of bytes that come in pieces of any size; one that is cut by the end is none.
 *
 * @param decode given kind and payload, a view that is valid until the next frame is asked for
 * @throws {LineError} when a frame is too large or has no kind
 * @throws what `decode` throws
 */
export async function* readFrames<T>(
  chunks: AsyncIterable<Uint8Array>,
  decode: (kind: number, payload: Uint8Array) => T,
): AsyncGenerator<T, void, undefined> {
  const decoder = new FrameDecoder({
    maxFrameBytes: MAX_GUARD_FRAME_BYTES,
    budget: new MemoryBudget(4 * MAX_GUARD_FRAME_BYTES),
  });
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const space = decoder.space();
      const part = chunk.subarray(at, at + space.length);
      space.set(part);
      decoder.filled(part.length);
      at += part.length;
      for (let view; (view = decoder.next()) !== undefined;) {
        yield decode(view.kind, view.subarray());
      }
    }
  }
}
