import { type BytePipe, OutputClosed } from "./byte_pipe.ts";

/** Most bytes that are read at once. */
const READ_BYTES = 256 * 1024;

/** Standard input and output of this process. */
export const realBytePipe: BytePipe = {
  async *read(signal) {
    const buffer = new Uint8Array(READ_BYTES);
    const { promise: aborted, resolve } = Promise.withResolvers<null>();
    const onAbort = () => resolve(null);
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        const size = await Promise.race([Deno.stdin.read(buffer), aborted]);
        if (size === null) return;
        yield buffer.subarray(0, size);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  },
  async write(bytes) {
    try {
      for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      throw new OutputClosed("Cannot write to standard output: nobody reads it", { cause: error });
    }
  },
};
