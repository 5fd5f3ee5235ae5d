import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { OutputDesk } from "../../../lib/mapreduce/engine/output_desk.ts";
import type { WorkerLine } from "../../../lib/mapreduce/engine/worker_line.ts";
import { encodeFrame } from "../../../lib/transport/frame.ts";
import { FrameView } from "../../../lib/transport/frame_view.ts";
import { MemoryFolder } from "./memory_folder.ts";

const name = { epoch: 1, kind: "reduce", task: 2, attempt: 3 } as const;
const text = "a\t1\n";
const bytes = new TextEncoder().encode(text);
const said = { counters: {}, skipped: [] };

/** A desk, a line that counts credit, and a frame of output. */
function setUp(isRunning: boolean) {
  const folder = new MemoryFolder();
  const failures: unknown[] = [];
  const released: number[] = [];
  const desk = new OutputDesk({
    folder,
    isRunning: () => isRunning,
    onProgress() {},
    onFailure: (error) => failures.push(error),
  });
  const releaseBulk = (count: number) => released.push(count);
  const line = { id: "w", post: { connection: { releaseBulk } } } as unknown as WorkerLine;
  const payload = new Uint8Array(12 + bytes.length);
  const data = new DataView(payload.buffer);
  [name.epoch, name.task, name.attempt].forEach((number, i) => data.setUint32(4 * i, number));
  payload.set(bytes, 12);
  const frame = encodeFrame(0x2a, payload);
  const view = new FrameView(frame);
  view.moveTo(0, payload.length + 1);
  return { desk, folder, line, view, failures, released, frameBytes: frame.length };
}

Deno.test("OutputDesk.commit() puts what came under the name of its partition", async () => {
  const { desk, folder, line, view, released, frameBytes } = setUp(true);
  desk.output(line, view);
  desk.output(line, view);
  const crc = crc32(text + text);
  assert(desk.isWhole(line, { name, bytes: 2 * bytes.length, crc32: crc, ...said }));
  await desk.commit(name);
  assert.equal(folder.text("part-00002"), text + text);
  assert.deepEqual(folder.names, ["part-00002"]);
  assert.deepEqual(released, [frameBytes, frameBytes]);
  assert.equal(folder.crash().text("part-00002"), text + text);
});

Deno.test("OutputDesk.isWhole() is false when something is missing or changed", () => {
  const { desk, line, view } = setUp(true);
  desk.output(line, view);
  const whole = { name, bytes: bytes.length, crc32: crc32(text), ...said };
  assert(desk.isWhole(line, whole));
  assert(!desk.isWhole(line, { ...whole, bytes: whole.bytes + 1 }));
  assert(!desk.isWhole(line, { ...whole, crc32: crc32("a\t2\n") }));
});

Deno.test("OutputDesk.output() writes nothing of an attempt that does not run, and gives credit back", async () => {
  const { desk, folder, line, view, released, frameBytes } = setUp(false);
  desk.output(line, view);
  await settle();
  assert.deepEqual(folder.created, []);
  assert.deepEqual(released, [frameBytes]);
});

Deno.test("OutputDesk.drop() takes away what came", async () => {
  const { desk, folder, line, view } = setUp(true);
  desk.output(line, view);
  await settle();
  assert.equal(folder.names.length, 1);
  desk.drop(name);
  await settle();
  assert.deepEqual(folder.names, []);
  await assert.rejects(desk.commit(name), /nothing came/);
});

Deno.test("OutputDesk tells of a full disk, and gives credit back all the same", async () => {
  const { desk, folder, line, view, failures, released } = setUp(true);
  folder.limitBytes = 1;
  desk.output(line, view);
  await settle();
  assert.match(String(failures[0]), /no space left/);
  assert.equal(released.length, 1);
});

Deno.test("OutputDesk.commit() gives no name to what a full disk did not take as a whole", async () => {
  const { desk, folder, line, view, failures } = setUp(true);
  folder.limitBytes = bytes.length;
  desk.output(line, view);
  desk.output(line, view);
  const crc = crc32(text + text);
  assert(desk.isWhole(line, { name, bytes: 2 * bytes.length, crc32: crc, ...said }));
  await assert.rejects(desk.commit(name), /no space left/);
  assert(!folder.names.includes("part-00002"));
  assert.equal(failures.length, 1);
});
