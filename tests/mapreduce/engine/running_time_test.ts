import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { RunningTime } from "../../../lib/mapreduce/engine/running_time.ts";

Deno.test("RunningTime.nowMs() leaves out what passes while nobody looks for more than 5 s", async () => {
  const clock = new FakeClock();
  const time = new RunningTime(clock);
  const startMs = time.nowMs();
  const passed: number[] = [];
  for (const ms of [250, 5000, 60_000, 250, 5001, 1]) {
    await clock.advance(ms);
    passed.push(Math.round(time.nowMs() - startMs));
  }
  assert.deepEqual(passed, [250, 5250, 5250, 5500, 5500, 5501]);
});
