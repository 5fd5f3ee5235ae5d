import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { InputDesk } from "../../../lib/mapreduce/engine/input_desk.ts";
import type { WorkerLine } from "../../../lib/mapreduce/engine/worker_line.ts";
import type { Input } from "../../../lib/mapreduce/input/input.ts";
import { InputError, type InputSource } from "../../../lib/mapreduce/input/input_source.ts";

const input = { number: 0, name: "a", kind: "file", size: 6 } as unknown as Input;
const encode = (text: string) => new TextEncoder().encode(text);

/** A worker that takes what it is sent, unless it is `deaf`. */
function fakeLine(isDeaf = false) {
  const pieces: string[] = [];
  const ends: unknown[] = [];
  const aborts: string[] = [];
  const free = Promise.withResolvers<void>();
  if (!isDeaf) free.resolve();
  const connection = {
    isOpen: true,
    abort: (code: string) => {
      aborts.push(code);
      connection.isOpen = false;
    },
  };
  const post = {
    connection,
    pieces: async (_: unknown, [id]: number[], bytes: Uint8Array) => {
      await free.promise;
      pieces.push(`${id} ${new TextDecoder().decode(bytes)}`);
      return true;
    },
    bulk: (_: unknown, end: unknown) => Promise.resolve(ends.push(end) > 0),
  };
  return { line: { post } as unknown as WorkerLine, pieces, ends, aborts, free: free.resolve };
}

/** A source that shows all bytes in the same place, as files do. */
function sourceOf(text: string): InputSource {
  const bytes = encode(text);
  const place = new Uint8Array(bytes.length);
  return {
    size: bytes.length,
    read(offset, length) {
      if (offset > bytes.length) return Promise.reject(new InputError("unreadable", "too far"));
      place.set(bytes.subarray(offset, offset + length));
      return Promise.resolve(place.subarray(0, Math.min(length, bytes.length - offset)));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("InputDesk.read() answers a worker while another one takes nothing", async () => {
  await using desk = new InputDesk([input], () => Promise.resolve(sourceOf("abcdef")));
  const deaf = fakeLine(true);
  const good = fakeLine();
  for (let id = 0; id < 9; id++) desk.read(deaf.line, { id, input: 0, offset: 0, length: 3 });
  desk.read(good.line, { id: 1, input: 0, offset: 3, length: 3 });
  await settle();
  assert.deepEqual(good.pieces, ["1 def"]);
  assert.deepEqual(good.ends, [{ id: 1, bytes: 3 }]);
  assert.equal(desk.sentBytes, 3);
  deaf.free();
  await settle();
  assert.deepEqual(deaf.pieces.toSorted(), Array.from({ length: 9 }, (_, id) => `${id} abc`));
});

Deno.test("InputDesk.read() opens an input again after a read that failed", async () => {
  let opened = 0;
  await using desk = new InputDesk([input], () => {
    opened++;
    return Promise.resolve(sourceOf("abcdef"));
  });
  const bad = fakeLine();
  const good = fakeLine();
  desk.read(bad.line, { id: 1, input: 0, offset: 9, length: 3 });
  await settle();
  desk.read(good.line, { id: 2, input: 0, offset: 0, length: 3 });
  await settle();
  const failure = { code: "unreadable", message: "too far" };
  assert.deepEqual(bad.ends, [{ id: 1, bytes: 0, failure }]);
  assert.deepEqual([good.pieces, opened], [["2 abc"], 2]);
});

Deno.test("InputDesk.read() ends the line of a worker that asks without end", async () => {
  await using desk = new InputDesk([input], () => Promise.resolve(sourceOf("abcdef")));
  const deaf = fakeLine(true);
  for (let id = 0; id < 10_000; id++) desk.read(deaf.line, { id, input: 0, offset: 0, length: 3 });
  assert.deepEqual(deaf.aborts.slice(0, 1), ["mapreduce.flood"]);
  deaf.free();
});
