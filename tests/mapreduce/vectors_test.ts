/** Every frame, key, run and line of `tests/vectors/mapreduce.json`, read and written. */
import assert from "node:assert/strict";
import {
  ENGINE_BYTES,
  mapreduceService,
  shuffleService,
} from "../../lib/mapreduce/engine/protocol.ts";
import { LineBuffer } from "../../lib/mapreduce/jobs/line_buffer.ts";
import { BytesSource } from "./kernel/bytes_source.ts";
import { keyHash } from "../../lib/mapreduce/kernel/key_hash.ts";
import { partitionOf } from "../../lib/mapreduce/kernel/partition_of.ts";
import { RunError } from "../../lib/mapreduce/kernel/run_error.ts";
import { RunReader } from "../../lib/mapreduce/kernel/run_reader.ts";
import { RunWriter } from "../../lib/mapreduce/kernel/run_writer.ts";
import { encodeFrame } from "../../lib/transport/frame.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import { viewOfFrame } from "../transport/samples.ts";
import {
  decodeHex,
  encodeHex,
  MAPREDUCE,
  MAPREDUCE_FRAMES,
  MAPREDUCE_VALUES,
  SHUFFLE_FRAMES,
  SHUFFLE_VALUES,
} from "../transport/vectors.ts";

/** Names of the u32 at the beginning of kinds that are not JSON, by their number of bytes. */
const HEADS: Readonly<Record<number, readonly string[]>> = {
  [ENGINE_BYTES.outputHead]: ["epoch", "task", "attempt"],
  [ENGINE_BYTES.dataHead]: ["id"],
};

type Binary = Readonly<Record<string, number>> & { readonly bytes: string };

function readBinary(view: FrameView, headBytes: number): unknown {
  const names = HEADS[headBytes] ?? assert.fail(`${headBytes}`);
  const head = Object.fromEntries(names.map((name, at) => [name, view.getUint32(4 * at)]));
  return { ...head, bytes: encodeHex(view.copy(headBytes)) };
}

function writeBinary(value: Binary, headBytes: number): Uint8Array {
  const bytes = new Uint8Array(headBytes + value.bytes.length / 2);
  const data = new DataView(bytes.buffer);
  const names = HEADS[headBytes] ?? assert.fail(`${headBytes}`);
  for (const [at, name] of names.entries()) data.setUint32(4 * at, value[name] ?? -1);
  bytes.set(decodeHex(value.bytes), headBytes);
  return bytes;
}

for (
  const [{ name: service, kinds }, frames, values] of [
    [mapreduceService, MAPREDUCE_FRAMES, MAPREDUCE_VALUES],
    [shuffleService, SHUFFLE_FRAMES, SHUFFLE_VALUES],
  ] as const
) {
  for (const [at, { name, kind, payload, frame }] of frames.entries()) {
    const known = Object.values(kinds).find(({ code }) => code === kind) ?? assert.fail(name);
    const { isRaw, minBytes, maxBytes } = known;
    Deno.test(`messages of ${service} are read as vector ${name} says`, () => {
      const bytes = encodeFrame(kind, decodeHex(payload));
      assert.equal(encodeHex(bytes), frame);
      const view = viewOfFrame(bytes);
      assert.ok(view.length >= minBytes && view.length <= maxBytes);
      assert.deepEqual(isRaw ? readBinary(view, minBytes) : known.decode(view), values[at]);
    });
    Deno.test(`messages of ${service} are written as vector ${name} says`, () => {
      const value = values[at] as never;
      const bytes = isRaw ? writeBinary(value, minBytes) : known.encode(value);
      assert.equal(encodeHex(encodeFrame(kind, bytes)), frame);
    });
  }
}

for (const { key, hash, partitionOf8 } of MAPREDUCE.keys) {
  Deno.test(`keyHash() of the bytes "${key}" is what the vectors say`, () => {
    assert.equal(keyHash(decodeHex(key)), hash);
    assert.equal(partitionOf(decodeHex(key), 8), partitionOf8);
  });
}

/** The entries of a run, and what its end says. @throws {RunError} */
async function readRun(bytes: Uint8Array) {
  const reader = new RunReader(new BytesSource(bytes));
  const entries = [];
  const part = (start: number, end: number) => encodeHex(reader.bytes.subarray(start, end));
  while (reader.next() || await reader.load()) {
    const { keyStart, keyEnd, valueStart, valueEnd } = reader;
    entries.push({ key: part(keyStart, keyEnd), value: part(valueStart, valueEnd) });
  }
  return { entries, summary: reader.summary };
}

for (const { name, blockBytes, entries, bytes, records, crc32 } of MAPREDUCE.runs) {
  const summary = { records, bytes: bytes.length / 2, crc32 };
  Deno.test(`RunReader reads run ${name} of the vectors`, async () => {
    assert.deepEqual(await readRun(decodeHex(bytes)), { entries, summary });
  });
  Deno.test(`RunWriter writes run ${name} of the vectors`, () => {
    let written = "";
    const writer = new RunWriter(
      { write: (part) => void (written += encodeHex(part)) },
      blockBytes,
    );
    for (const { key, value } of entries) writer.add(decodeHex(key), decodeHex(value));
    assert.deepEqual(writer.finish(), summary);
    assert.equal(written, bytes);
  });
}

for (const { name, code, bytes } of MAPREDUCE.refusedRuns) {
  Deno.test(`RunReader finds run ${name} of the vectors ${code}`, async () => {
    await assert.rejects(
      readRun(decodeHex(bytes)),
      (error) => error instanceof RunError && error.code === code,
    );
  });
}

for (const { key, value, line } of MAPREDUCE.lines) {
  Deno.test(`LineBuffer writes the key "${key}" as the vectors say`, () => {
    const buffer = new LineBuffer();
    buffer.add(decodeHex(key), decodeHex(value));
    assert.equal(encodeHex(buffer.take()), line);
  });
}
