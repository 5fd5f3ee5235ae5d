import assert from "node:assert/strict";
import { sumCounters } from "../../../lib/mapreduce/engine/job_result.ts";

Deno.test("sumCounters() adds up by name, whatever the name, and stays within 2^53", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const sums = sumCounters([{ "a:b": most, toString: 1 }, { "a:b": most, toString: 2, x: -3 }]);
  assert.deepEqual(Object.entries(sums), [["a:b", most], ["toString", 3], ["x", -3]]);
});
