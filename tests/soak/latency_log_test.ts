import assert from "node:assert/strict";
import { LatencyLog } from "./latency_log.ts";

Deno.test("LatencyLog gives percentiles by nearest rank, of what came since the last time", () => {
  const log = new LatencyLog();
  assert.equal(log.take(), undefined);
  for (let ms = 100; ms >= 1; ms--) log.add(ms);
  assert.deepEqual(log.take(), { count: 100, p50Ms: 50, p99Ms: 99, maxMs: 100 });
  log.add(7);
  assert.deepEqual(log.take(), { count: 1, p50Ms: 7, p99Ms: 7, maxMs: 7 });
  assert.equal(log.take(), undefined);
});
