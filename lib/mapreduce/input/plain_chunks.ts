import type { Chunk } from "./chunk.ts";
import { READ_BYTES, readExactly, type StoredWindowOptions } from "./stored_window.ts";

/** The bytes of a split that are stored as they are. @throws {InputError} */
export async function* plainChunks(
  { source, split, tally, signal }: StoredWindowOptions,
): AsyncGenerator<Chunk> {
  for (let at = split.startByte; at < split.endByte;) {
    const length = Math.min(READ_BYTES, split.endByte - at);
    const bytes = await readExactly(source, at, length, signal);
    tally.storedBytes += length;
    at += length;
    yield { bytes, starts: [], isAfterGap: false };
  }
}
