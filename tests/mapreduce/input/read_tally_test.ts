import assert from "node:assert/strict";
import { MAX_PROBLEMS, ReadTally } from "../../../lib/mapreduce/input/read_tally.ts";

Deno.test("ReadTally counts twenty types of skipped records apart, and cuts long ones", () => {
  const tally = new ReadTally();
  tally.skip("warcinfo");
  tally.skip("x".repeat(70_000));
  tally.skip(`${"x".repeat(100)}y`);
  for (let i = 0; i < 50; i++) tally.skip(`type ${i}`);
  tally.skip("warcinfo");
  assert.equal(tally.skipped.get("warcinfo"), 2);
  assert.equal(tally.skipped.get("x".repeat(100)), 2);
  assert.equal(tally.skipped.get("other"), 50 - 18);
  assert.equal(tally.skipped.size, 20 + 1);
  assert.equal(tally.skippedRecords, 54);
});

Deno.test("ReadTally names the first problems, and says how many more there are", () => {
  const tally = new ReadTally();
  const problem = (offset: number, code: "bad-end" | "cut" = "bad-end") => ({
    ...{ input: 3, offset, code, message: `at ${offset}` },
  });
  for (let offset = 0; offset < MAX_PROBLEMS; offset++) tally.addProblem(problem(offset));
  assert.equal(tally.problems.length, MAX_PROBLEMS);
  tally.addProblem(problem(1000));
  tally.addProblem({ ...problem(2000, "cut"), resumedAt: 2500 });
  tally.addProblem({ ...problem(3000), resumedAt: 3500 });
  assert.equal(tally.problemCount, MAX_PROBLEMS + 3);
  assert.equal(tally.problems.length, MAX_PROBLEMS + 1);
  assert.deepEqual(tally.problems.at(-1), {
    ...{ input: 3, offset: 2000, code: "cut", resumedAt: 3500 },
    message: "3 more problems are not named, up to byte 3000",
  });
});
