import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { BytesSource } from "./bytes_source.ts";
import { RunError } from "../../../lib/mapreduce/kernel/run_error.ts";
import { RunReader } from "../../../lib/mapreduce/kernel/run_reader.ts";
import { compareText, entriesAt, entriesOf, fromLatin1, latin1, runOf } from "./naive.ts";

const piece = fc.uint8Array({ maxLength: 40 });
const entries = fc.array(fc.tuple(piece, piece), { maxLength: 40 }).map((list) =>
  list.sort(([a], [b]) => compareText(latin1(a), latin1(b)))
);

/** A run of three blocks. */
function smallRun(): Uint8Array {
  return runOf(
    Array.from({ length: 9 }, (_, i) => [fromLatin1(`key${i}`), fromLatin1("v".repeat(i))]),
    40,
  );
}

Deno.test("RunReader reads what RunWriter wrote, however few bytes come at a time", async () => {
  await fc.assert(
    fc.asyncProperty(
      entries,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 100 }),
      async (list, blockBytes, chunkBytes) => {
        const run = runOf(list, blockBytes);
        const expected = list.map(([key, value]) => `${latin1(key)}\t${latin1(value)}`);
        assert.deepEqual(await entriesOf(run), expected);
        assert.deepEqual(
          await entriesAt(new RunReader(new BytesSource(run, chunkBytes))),
          expected,
        );
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("RunReader finds the run torn at each length but the whole", async () => {
  const run = smallRun();
  for (let length = 0; length < run.length; length++) {
    await assert.rejects(
      entriesOf(run.subarray(0, length)),
      (error) =>
        error instanceof RunError && error.code === "torn" &&
        error.message === `run is cut: it ends after ${length} B`,
      `${length} of ${run.length} B`,
    );
    await assert.rejects(
      entriesAt(new RunReader(new BytesSource(run.subarray(0, length), 7))),
      (error) => error instanceof RunError && error.code === "torn",
    );
  }
});

Deno.test("RunReader finds each changed bit, and shows no entry of a changed block", async () => {
  const run = smallRun();
  const whole = await entriesOf(run);
  for (let at = 0; at < run.length; at++) {
    for (let bit = 1; bit < 256; bit *= 2) {
      const changed = run.slice();
      changed[at] = (changed[at] as number) ^ bit;
      const seen: string[] = [];
      const reader = new RunReader(new BytesSource(changed), "spill 7");
      await assert.rejects(
        async () => {
          while (reader.next() || await reader.load()) {
            seen.push(latin1(reader.bytes.subarray(reader.keyStart, reader.valueStart - 1)));
          }
        },
        (error) =>
          error instanceof RunError && error.code === "corrupt" &&
          error.message.startsWith("spill 7 is corrupt: "),
        `bit ${bit} of byte ${at}`,
      );
      assert.deepEqual(seen, whole.slice(0, seen.length).map((line) => line.split("\t")[0]));
    }
  }
});

Deno.test("RunReader finds blocks that are missing, doubled or exchanged", async () => {
  const run = smallRun();
  const starts = blockStarts(run);
  const [a, b, end] = [
    run.subarray(0, starts[1]),
    run.subarray(starts[1], starts[2]),
    run.subarray(starts[2]),
  ];
  for (const parts of [[b, end], [a, end], [a, a, b, end], [b, a, end], [a, b, end, a]]) {
    const changed = Uint8Array.from(parts.flatMap((part) => [...part]));
    await assert.rejects(
      entriesOf(changed),
      (error) => error instanceof RunError && error.code === "corrupt",
    );
  }
  assert.equal((await entriesOf(run)).length, 9);
});

Deno.test("RunReader.summary says what RunWriter.finish() said", async () => {
  const run = smallRun();
  const reader = new RunReader(new BytesSource(run));
  assert.equal(reader.summary, undefined);
  await entriesAt(reader);
  let fingerprint = 0;
  for (const start of blockStarts(run).slice(0, -1)) {
    const chained = new Uint8Array(16);
    new DataView(chained.buffer).setUint32(0, fingerprint, true);
    chained.set(run.subarray(start, start + 12), 4);
    fingerprint = crc32(chained);
  }
  assert.deepEqual(reader.summary, { records: 9, bytes: run.length, crc32: fingerprint });
  assert.equal(reader.load(), false);
});

Deno.test("RunReader.close() lets go of its source once", () => {
  const source = new BytesSource(smallRun());
  let closed = 0;
  const reader = new RunReader({ read: (buffer) => source.read(buffer), close: () => closed++ });
  assert.equal(reader.load(), true);
  reader.close();
  reader.close();
  assert.equal(closed, 1);
  assert.equal(reader.next(), false);
});

/** Where blocks begin, the end included. */
function blockStarts(run: Uint8Array): number[] {
  const data = new DataView(run.buffer, run.byteOffset);
  const starts: number[] = [];
  let at = 0;
  while (true) {
    starts.push(at);
    const length = data.getUint32(at, true);
    if (length === 0) return starts;
    at += 16 + length;
  }
}

Deno.test("RunReader makes no room for a block that is larger than its run", () => {
  const run = new Uint8Array(16);
  const head = new DataView(run.buffer);
  head.setUint32(0, 2 ** 30, true);
  head.setUint32(4, 1, true);
  head.setUint32(12, crc32(run.subarray(0, 12)), true);
  const reader = new RunReader(new BytesSource(run), "run", { mostBytes: run.length });
  assert.throws(() => reader.load(), new RunError("torn", "run is cut: it ends after 16 B"));
  assert.equal(reader.bytes.length, 0);
});

/** A run as one writes it who does not look at the order: so many keys in a block. */
function unorderedRun(keys: readonly string[], perBlock: number): BytesSource {
  const bytes: number[] = [];
  let fingerprint = 0;
  const le = (...numbers: readonly number[]) => {
    const view = new DataView(new ArrayBuffer(numbers.length * 4));
    numbers.forEach((number, i) => view.setUint32(i * 4, number, true));
    return new Uint8Array(view.buffer);
  };
  const add = (payload: Uint8Array, size: number, records: number) => {
    const head = le(size, records, crc32(payload));
    bytes.push(...head, ...le(crc32(head)), ...payload);
    return head;
  };
  for (let at = 0; at < keys.length; at += perBlock) {
    const block = keys.slice(at, at + perBlock);
    const payload = Uint8Array.from(block.flatMap((key) => [key.length, ...fromLatin1(key), 0]));
    const head = add(payload, payload.length, block.length);
    fingerprint = crc32(Uint8Array.from([...le(fingerprint), ...head]));
  }
  add(le(keys.length, 0, fingerprint), 0, 0);
  return new BytesSource(Uint8Array.from(bytes));
}

Deno.test("RunReader finds a run corrupt whose keys are not sorted, if it is told to", async () => {
  const check = { checksOrder: true };
  for (const perBlock of [1, 2, 9]) {
    for (const keys of [["", "", "a", "a", "ab", "b"], ["\x7f", "\x80", "\xff"], []]) {
      const reader = new RunReader(unorderedRun(keys, perBlock), "run", check);
      assert.equal((await entriesAt(reader)).length, keys.length);
    }
    for (const keys of [["a", "b", "a"], ["a", ""], ["b", "c", "bb", "d"], ["\x80", "\x7f"]]) {
      const reader = new RunReader(unorderedRun(keys, perBlock), "run", check);
      const why = new RunError("corrupt", "run is corrupt: its keys are not sorted");
      await assert.rejects(entriesAt(reader), why);
      const trusting = new RunReader(unorderedRun(keys, perBlock));
      assert.equal((await entriesAt(trusting)).length, keys.length);
    }
  }
});
