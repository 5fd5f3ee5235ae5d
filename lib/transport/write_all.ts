import type { ByteStream } from "./network.ts";

/** Writes all of `bytes`, however little the stream takes at a time. @returns how many writes it took */
export async function writeAll(stream: ByteStream, bytes: Uint8Array): Promise<number> {
  let writes = 0;
  for (let at = 0; at < bytes.length; writes++) at += await stream.write(bytes.subarray(at));
  return writes;
}
