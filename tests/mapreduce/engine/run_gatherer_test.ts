import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import type { Source } from "../../../lib/mapreduce/engine/messages.ts";
import type { RequestEnd } from "../../../lib/mapreduce/engine/requests.ts";
import { type GathererParts, RunGatherer } from "../../../lib/mapreduce/engine/run_gatherer.ts";
import { MemoryFolder } from "./memory_folder.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const map = (task: number, attempt = 1): AttemptName => ({ epoch: 1, kind: "map", task, attempt });
const at = (worker: string, name: AttemptName): Source => ({ name, worker, host: "h", port: 1 });
const gone: RequestEnd = { bytes: 0, failure: { code: "gone", message: "" } };

/** A line on which each question is answered by the test; a text is a run that comes. */
function lineOf(answer: (name: AttemptName) => string | RequestEnd | Promise<RequestEnd>) {
  const asked: AttemptName[] = [];
  const ask = async (
    _kind: unknown,
    question: object,
    write: (bytes: Uint8Array) => Promise<void> | void,
  ): Promise<RequestEnd> => {
    const { name } = question as { name: AttemptName };
    asked.push(name);
    const answered = await answer(name);
    if (typeof answered !== "string") return answered;
    const bytes = encode(answered);
    try {
      await write(bytes.subarray(0, 2));
      await write(bytes.subarray(2));
    } catch (error) {
      return { bytes: 0, error };
    }
    return { bytes: bytes.length };
  };
  return { asked, ask };
}

function gather(parts: Partial<GathererParts>) {
  const folder = new MemoryFolder();
  const controller = new AbortController();
  const gatherer = new RunGatherer({
    ...{ partition: 0, sources: [], self: "me", held: new Map(), folder, file: "r" },
    direct: () => Promise.resolve(undefined),
    relay: lineOf(() => gone),
    signal: controller.signal,
    onBytes() {},
    ...parts,
  });
  const runs = gatherer.gather().then((runs) =>
    runs.map(({ file, startByte, bytes }) =>
      folder.text(file)?.slice(startByte, startByte + bytes) ?? file
    )
  );
  runs.catch(() => {});
  return { folder, controller, gatherer, runs };
}

Deno.test("RunGatherer.gather() takes runs directly, in the order of the map tasks", async () => {
  const line = lineOf(({ task }) => `run ${task}`);
  const sources = [3, 1, 0, 2, 5, 4].map((task) => at("a", map(task)));
  const { runs, gatherer } = gather({ sources, direct: () => Promise.resolve(line) });
  assert.deepEqual(await runs, ["run 0", "run 1", "run 2", "run 3", "run 4", "run 5"]);
  assert.deepEqual(gatherer.bytes, { direct: 30, relayed: 0, local: 0 });
});

Deno.test("RunGatherer.gather() uses what is here as it is", async () => {
  const parts = [{ startByte: 7, bytes: 3, records: 1, crc32: 0 }];
  const held = new Map([["e1-map-0-a1", { file: "mine", parts }]]);
  const { runs, gatherer, folder } = gather({ sources: [at("me", map(0))], held });
  assert.deepEqual(await runs, ["mine"]);
  assert.deepEqual(gatherer.bytes, { direct: 0, relayed: 0, local: 3 });
  assert.deepEqual(folder.names, []);
});

Deno.test("RunGatherer.gather() asks the coordinator when a line breaks, and keeps no half", async () => {
  const half = async (_: unknown, __: unknown, write: (bytes: Uint8Array) => unknown) => {
    await write(encode("half of it"));
    return { bytes: 10, failure: { code: "line", message: "" } };
  };
  const direct = { ask: half } as Awaited<ReturnType<GathererParts["direct"]>>;
  const relay = lineOf(() => "whole");
  const { runs, gatherer } = gather({
    ...{ sources: [at("a", map(0))], direct: () => Promise.resolve(direct), relay },
  });
  assert.deepEqual(await runs, ["whole"]);
  assert.equal(gatherer.bytes.relayed, 5);
});

Deno.test("RunGatherer.gather() tells the coordinator of what is gone, and waits for the new place", async () => {
  const direct = lineOf(({ attempt }) => attempt === 1 ? gone : "made again");
  const relay = lineOf(() => gone);
  const { runs, gatherer } = gather({
    ...{ sources: [at("a", map(0))], direct: () => Promise.resolve(direct), relay },
  });
  await settle();
  assert.deepEqual(relay.asked, [map(0)]);
  gatherer.moved(at("b", map(0, 2)));
  gatherer.moved(at("b", map(9, 9))); // none of its own
  assert.deepEqual(await runs, ["made again"]);
});

Deno.test("RunGatherer.gather() takes the same run from the same worker when that has come back", async () => {
  let isBack = false;
  const direct = lineOf(() => isBack ? "it" : gone);
  const { runs, gatherer } = gather({
    ...{ sources: [at("a", map(0))], direct: () => Promise.resolve(direct) },
  });
  await settle();
  isBack = true;
  gatherer.moved(at("a", map(0)));
  assert.deepEqual(await runs, ["it"]);
});

Deno.test("RunGatherer.gather() does not miss a new place that comes before the bad news", async () => {
  const answer = Promise.withResolvers<RequestEnd>();
  const relay = lineOf(({ attempt }) => attempt === 1 ? answer.promise : "made again");
  const { runs, gatherer } = gather({ sources: [at("a", map(0))], relay });
  await settle();
  gatherer.moved(at("b", map(0, 2)));
  answer.resolve(gone);
  assert.deepEqual(await runs, ["made again"]);
});

Deno.test("RunGatherer.gather() ends when nobody wants it, and when the disk is full", async () => {
  const { runs, controller } = gather({ sources: [at("a", map(0))] });
  await settle();
  controller.abort(new Error("not wanted"));
  await assert.rejects(runs, /not wanted/);
  const folder = new MemoryFolder();
  folder.limitBytes = 3;
  const full = gather({ sources: [at("a", map(0))], relay: lineOf(() => "much"), folder });
  await assert.rejects(full.runs, { name: "FolderError" });
});
