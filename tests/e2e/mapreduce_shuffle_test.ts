/** `mapreduce` when map outputs are on their way from one worker to another. */
import assert from "node:assert/strict";
import { attemptsOf, bigJob, startWorkers, withRoom, wonBy } from "./mapreduce_room.ts";

const INPUTS = 4;

/** Nobody listens there: workers listen on addresses of IPv4. */
const UNREACHABLE = ["--advertise", "::1"];

Deno.test("mapreduce run carries map outputs of workers that cannot meet", () =>
  withRoom(async (room) => {
    room.writeInputs(INPUTS, 1000);
    await using ends = new AsyncDisposableStack();
    const job = bigJob(room);
    const run = ends.use(await room.run(job.flags));
    await startWorkers(room, run, 2, ends, UNREACHABLE);
    job.begin();
    job.reduce();
    const end = await run.ended();
    assert.equal(end.code, 0, end.stderr);
    const relayed = Number(end.summary["relayedBytes"]);
    assert(relayed > 1_000_000, `${relayed} of ${end.summary["shuffledBytes"]} bytes`);
    assert.deepEqual(room.output(), await room.oracle(job.flags));
  }));

for (
  const [way, flags] of [["directly", []], ["through the coordinator", UNREACHABLE]] as const
) {
  Deno.test(`mapreduce run loses nothing when a worker dies whose outputs are read ${way}`, () =>
    withRoom(async (room) => {
      room.writeInputs(INPUTS, 1000);
      await using ends = new AsyncDisposableStack();
      const job = bigJob(room);
      const run = ends.use(await room.run(job.flags));
      const [victim, other] = await startWorkers(room, run, 2, ends, flags);
      assert(victim !== undefined && other !== undefined);
      job.begin();
      await run.process.matching(/"change":"started","epoch":1,"kind":"reduce"/);
      victim.kill("SIGKILL");
      job.reduce();
      const end = await run.ended();
      assert.equal(end.code, 0, end.stderr);
      // All of them were still needed by those reduce tasks that had not begun.
      assert.equal(attemptsOf(end, "won", "map").length, INPUTS + wonBy(end, victim, "map"));
      assert.equal(wonBy(end, other, "reduce"), 8);
      assert.deepEqual(room.output(), await room.oracle(job.flags));
    }));
}
