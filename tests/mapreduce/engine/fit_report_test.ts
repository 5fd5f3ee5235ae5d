import assert from "node:assert/strict";
import * as v from "valibot";
import { fitReport, MAX_REDUCE_DONE_BYTES } from "../../../lib/mapreduce/engine/fit_report.ts";
import { mapDoneSchema, reduceDoneSchema } from "../../../lib/mapreduce/engine/messages.ts";
import { mapreduceService } from "../../../lib/mapreduce/engine/protocol.ts";

const name = { epoch: 1, kind: "reduce", task: 1, attempt: 1 } as const;
const { reduceDone, mapDone } = mapreduceService.kinds;

Deno.test("fitReport() leaves a report that fits as it is", () => {
  const report = {
    ...{ name, bytes: 1, crc32: 1, counters: { "reduce.output_lines": 3, "a:b": 2 } },
    skipped: [{ input: 1, offset: 2, message: "bad" }],
  };
  assert.deepEqual(fitReport(report, MAX_REDUCE_DONE_BYTES), report);
});

Deno.test("fitReport() makes a REDUCE_DONE of one bulk frame, and says what it left out", () => {
  const job = Array.from({ length: 200 }, (_, i) => [`\u0001${"é".repeat(190)}:${i}`, i]);
  const report = {
    ...{ name, bytes: 1, crc32: 1 },
    counters: { ...Object.fromEntries(job), "shuffle.direct_bytes": 5, "reduce.output_lines": 7 },
    skipped: Array.from({ length: 9999 }, (_, i) => ({ message: `key ${"x".repeat(3000)}${i}` })),
  };
  const fitted = fitReport(report, MAX_REDUCE_DONE_BYTES);
  const { length } = reduceDone.encode(fitted);
  assert(length <= MAX_REDUCE_DONE_BYTES && length > MAX_REDUCE_DONE_BYTES - 5000, `${length}`);
  assert(v.is(reduceDoneSchema, fitted));
  const { counters, skipped } = fitted as typeof report;
  assert.equal(counters["shuffle.direct_bytes"], 5);
  assert.equal(counters["reduce.output_lines"], 7);
  assert(skipped.length > 0);
  assert.equal(skipped.length + (counters["report.skipped_left_out"] ?? 0), 9999);
  const ofJob = Object.keys(counters).filter((key) => key.includes(":")).length;
  assert(ofJob > 0);
  assert.equal(ofJob + (counters["report.counters_left_out"] ?? 0), 200);
  assert.equal(counters["report.problems_left_out"], undefined);
});

Deno.test("fitReport() keeps the first problems of a map attempt", () => {
  const problem = { input: 0, code: "bad-header", message: "y".repeat(12_000) } as const;
  const report = {
    ...{ name: { ...name, kind: "map" }, parts: [], counters: {}, skipped: [] } as const,
    problems: Array.from({ length: 200 }, (_, offset) => ({ ...problem, offset })),
  };
  const fitted = fitReport(report, 100_000);
  assert(mapDone.encode(fitted).length <= 100_000);
  assert(v.is(mapDoneSchema, fitted));
  const { problems, counters } = fitted as Pick<typeof report, "problems"> & {
    readonly counters: Readonly<Record<string, number>>;
  };
  assert(problems.length > 40 && problems.every(({ offset }, at) => offset === at));
  assert.equal(problems.length + (counters["report.problems_left_out"] ?? 0), 200);
});

Deno.test("fitReport() leaves counters out that a frame cannot hold", () => {
  const counters = { "a:nan": NaN, "a:huge": Infinity, ["b:".padEnd(301, "x")]: 1, "a:good": 1 };
  const fitted = fitReport({ counters, skipped: [] }, 10_000);
  assert.deepEqual(fitted.counters, { "a:good": 1, "report.counters_left_out": 3 });
});
