/** Standard input as it is. */
import type { Input } from "./context.ts";
import { canDraw } from "./terminal/wants_color.ts";

/** Most bytes that are read at once. */
const CHUNK_BYTES = 16 * 1024;

/** Standard input of this process. @param env tells what the terminal can do */
export function realInput(env: Readonly<Partial<Record<string, string>>>): Input {
  const buffer = new Uint8Array(CHUNK_BYTES);
  /** A read cannot be taken back: what it brings after its reader has left is for the next. */
  let reading: Promise<number | null> | undefined;
  return {
    isTerminal: canDraw(env, Deno.stdin.isTerminal()),
    async *read(signal) {
      const { promise: aborted, resolve: abort } = Promise.withResolvers<null>();
      const onAbort = () => abort(null);
      signal.addEventListener("abort", onAbort);
      try {
        while (!signal.aborted) {
          reading ??= Deno.stdin.read(buffer);
          const size = await Promise.race([reading, aborted]);
          if (signal.aborted) return;
          reading = undefined;
          if (size === null) return;
          yield buffer.subarray(0, size);
        }
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
    raw,
    onResize(changed) {
      if (Deno.build.os === "windows") return { [Symbol.dispose]() {} }; // has no such signal
      Deno.addSignalListener("SIGWINCH", changed);
      return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGWINCH", changed) };
    },
  };
}

/** Each key comes at once, until it is disposed or the process ends. */
function raw(onExit: () => void = () => {}): Disposable {
  let isRaw = true;
  const end = () => {
    if (!isRaw) return;
    isRaw = false;
    globalThis.removeEventListener("unload", exit);
    try {
      Deno.stdin.setRaw(false);
    } catch {
      // The terminal went away.
    }
  };
  const exit = () => {
    onExit();
    end();
  };
  Deno.stdin.setRaw(true);
  globalThis.addEventListener("unload", exit);
  return { [Symbol.dispose]: end };
}
