import assert from "node:assert/strict";
import { ReadTally } from "../../../lib/mapreduce/input/read_tally.ts";

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
