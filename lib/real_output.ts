/** Standard output and error as they are. */
import type { Output, TramContext } from "./context.ts";
import { formatCount } from "./terminal/format_count.ts";
import { PipeQueue } from "./terminal/pipe_queue.ts";
import { canDraw, wantsColor } from "./terminal/wants_color.ts";

/** How long to wait for what is full and was set not to block, in milliseconds. */
const FULL_MS = 5;

/** How long readers have to take what is left after an interrupt, in milliseconds. */
const LAST_WORDS_MS = 1000;

type Stream = typeof Deno.stdout;

/** What takes bytes at once; `drained` is for those that let them wait. */
interface Sink {
  readonly push: (bytes: Uint8Array) => void;
  readonly drained?: () => Promise<void>;
}

/** Standard output and error. */
export interface RealOutputs {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether something could not be written to standard output, and not since its reader went away. */
  readonly isLost: () => boolean;
  /**
   * Waits until everything has gone out; for the end. After an interrupt readers have a second,
   * without one they have all the time that they want.
   *
   * @returns whether everything has
   */
  readonly drained: () => Promise<boolean>;
}

/** What a stream goes to, where the system can tell. */
function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined; // not a system that has it
  }
}

function isSame(a: Deno.FileInfo | undefined, b: Deno.FileInfo | undefined): boolean {
  return a !== undefined && b !== undefined && a.ino !== null && a.ino === b.ino && a.dev === b.dev;
}

/** Writes at least one byte, also to a terminal that another program has set not to block. */
function writeSomeNow(stream: Stream, bytes: Uint8Array): number {
  for (;;) {
    try {
      return stream.writeSync(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_MS);
    }
  }
}

/** Writes at once: a terminal and a file take what they are given. */
function directSink(stream: Stream, onFailure: (error: unknown) => void): Sink {
  return {
    push(bytes) {
      try {
        for (let at = 0; at < bytes.length;) at += writeSomeNow(stream, bytes.subarray(at));
      } catch (error) {
        onFailure(error);
      }
    },
  };
}

/** Writes at least one byte, also to a pipe that another program has set not to block. */
async function writeSome(stream: Stream, bytes: Uint8Array): Promise<number> {
  for (;;) {
    try {
      return await stream.write(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await new Promise((resolve) => setTimeout(resolve, FULL_MS));
    }
  }
}

/** Waits for `promise`, but no longer than until the signal. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener("abort", done);
      resolve();
    };
    signal.addEventListener("abort", done);
    promise.then(done);
  });
}

function outputTo(
  stream: Stream,
  { push, drained }: Sink,
  env: TramContext["process"]["env"],
  signal: AbortSignal,
): Output {
  const encoder = new TextEncoder();
  const isTerminal = stream.isTerminal();
  return {
    isTerminal: canDraw(env, isTerminal),
    hasColor: wantsColor(env, isTerminal),
    write: (text) => push(encoder.encode(text)),
    ...(drained && { drained: () => unlessAborted(drained(), signal) }),
    get columns() {
      try {
        // A terminal without a size says 0.
        return isTerminal ? Deno.consoleSize().columns || undefined : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * Standard output and error. A terminal and a file are written at once. All else may be a pipe that
 * nobody reads, which would hold up a server and its signals for ever: it is written aside, and what
 * exceeds 4 MiB is left out and counted. When both go into one pipe they stay in order.
 *
 * @param controller aborted when standard output cannot be written any more
 */
export function realOutputs(
  env: TramContext["process"]["env"],
  controller: AbortController,
): RealOutputs {
  let isLost = false;
  const encoder = new TextEncoder();
  const warn = (text: string) => errors.push(encoder.encode(`tram: ${text}\n`));
  const onFailure = (error: unknown) => {
    // A reader that went away (`| head`) ends what runs, in good order and without a word.
    if (error instanceof Deno.errors.BrokenPipe) {
      controller.abort(new DOMException("nobody reads the output", "AbortError"));
      return;
    }
    if (isLost) return;
    isLost = true;
    const why = error instanceof Error ? error.message : String(error);
    warn(`Cannot write to standard output: ${why}`);
    controller.abort(new DOMException("the output cannot be written", "AbortError"));
  };
  const queue = (stream: Stream, onFailure: (error: unknown) => void, where: string): Sink => {
    const queue = new PipeQueue({
      write: (bytes) => writeSome(stream, bytes),
      onFailure,
      onLost: (lines) =>
        warn(`warning: ${formatCount(lines)} lines are missing ${where}: nobody read them in time`),
    });
    return { push: (bytes) => queue.push(bytes), drained: () => queue.drained() };
  };
  const [outInfo, errInfo] = [infoOf("/dev/stdout"), infoOf("/dev/stderr")];
  const isDirect = (stream: Stream, info: Deno.FileInfo | undefined) =>
    stream.isTerminal() || info?.isFile === true;
  const output: Sink = isDirect(Deno.stdout, outInfo)
    ? directSink(Deno.stdout, onFailure)
    : queue(Deno.stdout, onFailure, isSame(outInfo, errInfo) ? "here" : "in the output");
  const errors: Sink = isDirect(Deno.stderr, errInfo)
    ? directSink(Deno.stderr, () => {}) // nobody can be told that nobody can be told
    : isSame(outInfo, errInfo)
    ? output
    : queue(Deno.stderr, () => {}, "here");
  const { signal } = controller;
  return {
    stdout: outputTo(Deno.stdout, output, env, signal),
    stderr: outputTo(Deno.stderr, errors, env, signal),
    isLost: () => isLost,
    async drained() {
      let isDone = false;
      const all = (async () => {
        await output.drained?.(); // may have something to say about itself
        await errors.drained?.();
        isDone = true;
      })();
      await unlessAborted(all, signal);
      if (isDone) return true;
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))]);
      return isDone;
    },
  };
}
