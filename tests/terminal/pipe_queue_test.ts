import assert from "node:assert/strict";
import fc from "fast-check";
import { PipeQueue } from "../../lib/terminal/pipe_queue.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A pipe whose reader takes something when it is told to. */
class ScriptedPipe {
  text = "";
  readonly failures: unknown[] = [];
  readonly lost: number[] = [];
  readonly queue: PipeQueue;
  #next = Promise.withResolvers<number | Error>();
  #isWriting = false;

  constructor(maxBytes?: number, onLost?: (pipe: ScriptedPipe, lines: number) => void) {
    this.queue = new PipeQueue({
      maxBytes,
      write: async (bytes) => {
        assert(!this.#isWriting, "one write at a time");
        this.#isWriting = true;
        const taken = await this.#next.promise;
        this.#isWriting = false;
        this.#next = Promise.withResolvers();
        if (taken instanceof Error) throw taken;
        const count = Math.min(taken, bytes.length);
        this.text += decoder.decode(bytes.subarray(0, count));
        return count;
      },
      onFailure: (error) => void this.failures.push(error),
      onLost: (lines) => {
        this.lost.push(lines);
        onLost?.(this, lines);
      },
    });
  }

  push(text: string): void {
    this.queue.push(encoder.encode(text));
  }

  /** The reader takes up to `bytes`, or the pipe breaks. */
  async take(bytes: number | Error): Promise<void> {
    this.#next.resolve(bytes);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
}

Deno.test("PipeQueue writes all in order, however little the reader takes at a time", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.oneof(
      fc.stringMatching(/^[a-z]{0,9}\n$/),
      fc.integer({ min: 1, max: 12 }),
    )),
    async (steps) => {
      const pipe = new ScriptedPipe();
      let said = "";
      for (const step of steps) {
        if (typeof step === "number") {
          if (said.length > pipe.text.length) await pipe.take(step);
        } else {
          pipe.push(step);
          said += step;
        }
      }
      const drained = pipe.queue.drained();
      while (pipe.text.length < said.length) await pipe.take(7);
      await drained;
      assert.equal(pipe.text, said);
      assert.deepEqual(pipe.lost, []);
    },
  ));
});

Deno.test("PipeQueue says how many lines are missing, where they would have been", async () => {
  const pipe = new ScriptedPipe(12, ({ queue }, lines) => {
    queue.push(encoder.encode(`(${lines})\n`));
  });
  pipe.push("aaaa\n");
  pipe.push("bbbb\n");
  pipe.push("cccc\ndddd\n");
  pipe.push("e\n");
  await pipe.take(3);
  pipe.push("f\n"); // there would be room, but what comes after a gap waits for its sign
  assert.deepEqual(pipe.lost, []);
  await pipe.take(1);
  assert.deepEqual(pipe.lost, [4]);
  pipe.push("g\n");
  const drained = pipe.queue.drained();
  for (let at = 0; at < 3; at++) await pipe.take(100);
  await drained;
  assert.equal(pipe.text, "aaaa\nbbbb\n(4)\ng\n");
});

Deno.test("PipeQueue takes a text of any length when nothing waits", async () => {
  const pipe = new ScriptedPipe(10);
  pipe.push(`${"x".repeat(200_000)}\n`);
  pipe.push("more\n");
  const drained = pipe.queue.drained();
  for (let at = 0; at < 4; at++) await pipe.take(100_000);
  await drained;
  assert.equal(pipe.text.length, 200_001);
  assert.deepEqual(pipe.lost, [1]);
});

Deno.test("PipeQueue tells of a failure, forgets what waited, and tries again with what comes", async () => {
  const pipe = new ScriptedPipe(10);
  pipe.push("aaaa\n");
  pipe.push("bbbb\n");
  pipe.push("cccc\n");
  const broken = new Error("broken");
  await pipe.take(broken);
  await pipe.queue.drained();
  assert.deepEqual(pipe.failures, [broken]);
  pipe.push("dddd\n");
  await pipe.take(5);
  await pipe.queue.drained();
  assert.equal(pipe.text, "dddd\n");
  assert.deepEqual(pipe.lost, []);
});
