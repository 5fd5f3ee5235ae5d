import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { InputDesk } from "../../../lib/mapreduce/engine/input_desk.ts";
import type { WorkerLine } from "../../../lib/mapreduce/engine/worker_line.ts";
import type { Input } from "../../../lib/mapreduce/input/input.ts";
import { InputError, type InputSource } from "../../../lib/mapreduce/input/input_source.ts";

type Read = InputSource["read"];

/** A desk with one input, a line that keeps what is sent, and what became of the sources. */
function setUp(reads: readonly Read[]) {
  const sent: unknown[] = [];
  const post = {
    connection: { isOpen: true },
    pieces: () => Promise.resolve(true),
    bulk(_: unknown, end: unknown) {
      sent.push(end);
      return Promise.resolve(true);
    },
  };
  const line = { id: "w", post } as unknown as WorkerLine;
  const sources = { opened: 0, closed: 0 };
  const desk = new InputDesk([{ number: 0 } as Input], () => {
    const read = reads[sources.opened++] as Read;
    let isOpen = true;
    return Promise.resolve({
      size: 100,
      read: (offset, length, signal) => {
        if (!isOpen) throw new InputError("unreadable", "is closed");
        return read(offset, length, signal);
      },
      [Symbol.asyncDispose]() {
        if (isOpen) sources.closed++;
        isOpen = false;
        return Promise.resolve();
      },
    });
  });
  return { desk, line, sent, sources };
}

const question = { input: 0, offset: 0, length: 5 };
const bytes = new Uint8Array(5);

Deno.test("InputDesk opens an input again when it could not be read, for all who wait, and closes it", async () => {
  const failing: Read = () => Promise.reject(new InputError("unreadable", "cannot be fetched"));
  const { desk, line, sent, sources } = setUp([failing, () => Promise.resolve(bytes)]);
  desk.read(line, { ...question, id: 1 });
  desk.read(line, { ...question, id: 2 });
  await settle();
  desk.read(line, { ...question, id: 3 });
  await settle();
  const [first, ...others] = sent;
  const failure = { code: "unreadable", message: "cannot be fetched" };
  assert.deepEqual(first, { id: 1, bytes: 0, failure });
  assert.deepEqual(others, [{ id: 2, bytes: 5 }, { id: 3, bytes: 5 }]);
  await desk[Symbol.asyncDispose]();
  assert.deepEqual(sources, { opened: 2, closed: 2 });
});

Deno.test("InputDesk ends a read that takes for ever when it ends", async () => {
  const silent: Read = (_offset, _length, signal) =>
    new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  const { desk, line, sources } = setUp([silent]);
  desk.read(line, { ...question, id: 1 });
  desk.read(line, { ...question, id: 2 });
  await settle();
  let isOver = false;
  desk[Symbol.asyncDispose]().then(() => isOver = true);
  await settle();
  assert(isOver, "it waits");
  assert.deepEqual(sources, { opened: 1, closed: 1 });
});
