import type { InputSource } from "../../../lib/mapreduce/input/input_source.ts";

/** An input that is in memory. Like the real ones, it takes back its views with the next call. */
export function bytesSource(bytes: Uint8Array): InputSource {
  let last = new Uint8Array(0);
  return {
    size: bytes.length,
    read(offset, length) {
      last.fill(0xee);
      last = new Uint8Array(bytes.subarray(offset, offset + length));
      return Promise.resolve(last);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
