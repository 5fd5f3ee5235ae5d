import assert from "node:assert/strict";
import { CountSet, MAX_COUNTERS } from "../../../lib/mapreduce/jobs/counts.ts";

Deno.test("CountSet adds by group and counter, sorted", () => {
  const counts = new CountSet();
  counts.add("z", "b", 2);
  counts.add("a", "b", 1);
  counts.addAll({ "z:b": 3 });
  assert.equal(JSON.stringify(counts.toCounts()), '{"a:b":1,"z:b":5}');
});

Deno.test("CountSet gathers what is beyond its limit under one name", () => {
  const counts = new CountSet();
  for (let at = 0; at < MAX_COUNTERS + 50; at++) counts.add("g", `c${at}`, 1);
  assert.equal(counts.toCounts()["tram:other counters"], 50);
});
