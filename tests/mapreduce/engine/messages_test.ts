import assert from "node:assert/strict";
import * as v from "valibot";
import * as m from "../../../lib/mapreduce/engine/messages.ts";
import { PROBLEM_CODES } from "../../../lib/mapreduce/input/problem.ts";

const map = { epoch: 1, kind: "map", task: 0, attempt: 1 } as const;
const reduce = { ...map, kind: "reduce" } as const;
const none = { counters: {}, skipped: [] } as const;
const mapDone = { name: map, parts: [], ...none, problems: [] };
const reduceDone = { name: reduce, bytes: 0, crc32: 0, ...none };
const failed = { name: reduce, message: "", isWorkers: false };
const source = { name: map, worker: "w", host: "h", port: 1 };
const fetch = { id: 1, name: map, partition: 0 };
const join = {
  ...{ worker: "w", host: "h", pid: 1, slots: 1, shuffleHost: "", shufflePort: 0, run: "" },
  holds: [map],
};

/** Messages as they are accepted, by what they are. */
const GOOD: Readonly<Record<string, readonly [v.GenericSchema, unknown]>> = {
  MAP_DONE: [m.mapDoneSchema, mapDone],
  REDUCE_DONE: [m.reduceDoneSchema, reduceDone],
  RUN_MAP: [m.runMapSchema, { name: map, splits: [], inputs: [] }],
  RUN_REDUCE: [m.runReduceSchema, { name: reduce, sources: [source] }],
  FETCH: [m.fetchSchema, fetch],
  FAILED: [m.failedSchema, { ...failed, badSource: map }],
  JOIN: [m.joinSchema, join],
  MOVED: [m.movedSchema, { sources: [source] }],
};

for (const [name, [schema, value]] of Object.entries(GOOD)) {
  Deno.test(`messages accept ${name} with attempts of its kind only`, () => {
    assert(v.is(schema, value));
    const text = JSON.stringify(value);
    // FAILED itself may be about either kind.
    const other = name === "FAILED"
      ? text.replace(/"badSource":.*/, `"badSource":${JSON.stringify(reduce)}}`)
      : text.includes('"kind":"reduce"')
      ? text.replace('"kind":"reduce"', '"kind":"map"')
      : text.replace('"kind":"map"', '"kind":"reduce"');
    assert.notEqual(other, text);
    assert(!v.is(schema, JSON.parse(other)), other);
  });
}

Deno.test("messages accept each code of a problem, and no other", () => {
  const withCode = (code: string) => ({
    ...mapDone,
    problems: [{ input: 0, offset: 0, code, message: "" }],
  });
  for (const code of PROBLEM_CODES) assert(v.is(m.mapDoneSchema, withCode(code)), code);
  assert(!v.is(m.mapDoneSchema, withCode("bad-day")));
});

Deno.test("messages accept the codes of problems that the specification lists", async () => {
  const document = await Deno.readTextFile(new URL("../../../docs/protocol.md", import.meta.url));
  const [, section] = /^### 13\.3 .*?The codes:\n(.*?)^```/ms.exec(document) ?? [];
  const codes = section?.matchAll(/^\| `([a-z-]+)`/gm).map(([, code]) => code);
  assert.deepEqual([...codes ?? []].sort(), [...PROBLEM_CODES].sort());
});

Deno.test("messages accept numbers of attempts, ids and checksums below 2^32 only", () => {
  const part = { startByte: 2 ** 40, bytes: 2 ** 40, records: 0, crc32: 0 };
  const cases: [v.GenericSchema, (number: number) => unknown][] = [
    [m.attemptNameSchema, (epoch) => ({ ...map, epoch })],
    [m.attemptNameSchema, (task) => ({ ...map, task })],
    [m.attemptNameSchema, (attempt) => ({ ...map, attempt })],
    [m.mapDoneSchema, (task) => ({ ...mapDone, name: { ...map, task } })],
    [m.mapDoneSchema, (crc32) => ({ ...mapDone, parts: [{ ...part, crc32 }] })],
    [m.reduceDoneSchema, (epoch) => ({ ...reduceDone, name: { ...reduce, epoch } })],
    [m.reduceDoneSchema, (crc32) => ({ ...reduceDone, crc32 })],
    [m.fetchSchema, (id) => ({ ...fetch, id })],
    [m.fetchSchema, (partition) => ({ ...fetch, partition })],
    [m.readInputSchema, (id) => ({ id, input: 0, offset: 2 ** 40, length: 1 })],
    [m.dataEndSchema, (id) => ({ id, bytes: 2 ** 40 })],
    [m.jobNoticeSchema, (epoch) => ({ run: "r", epoch, partitions: 1, job: "" })],
  ];
  for (const [at, [schema, make]] of cases.entries()) {
    assert(v.is(schema, make(2 ** 32 - 1)), `case ${at}`);
    assert(!v.is(schema, make(2 ** 32)), `case ${at}`);
  }
});

Deno.test("messages accept counters and partitions within their limits only", () => {
  const withCount = (n: number) => v.is(m.mapDoneSchema, { ...mapDone, counters: { "a:b": n } });
  const most = Number.MAX_SAFE_INTEGER;
  assert.deepEqual([-most, 0, most].map(withCount), [true, true, true]);
  assert.deepEqual([most + 1, 0.5, -1e308].map(withCount), [false, false, false]);
  const job = { run: "r", epoch: 1, job: "{}" };
  const withPartitions = (partitions: number) => v.is(m.jobNoticeSchema, { ...job, partitions });
  assert.deepEqual([1, 10_000, 10_001].map(withPartitions), [true, true, false]);
});
