/** `mapreduce` for long: the same again and again, and deaths at any moment. */
import assert from "node:assert/strict";
import { LAB } from "../e2e/mapreduce_lab.ts";
import { stopInReduce, stopWhileRead } from "../e2e/mapreduce_stop.ts";
import { withRoom } from "../e2e/mapreduce_room.ts";
import { wait } from "../e2e/processes.ts";
import { childrenOf } from "../e2e/mapreduce_steps.ts";
import { Random } from "../random.ts";

const REPEATS = 20;

const MAP = "tr -s '[:space:]' '\\n'";
const SLOW = ["--mapper", `sleep 0.1; ${MAP}`, "--reducer", "sleep 0.1; uniq -c"];

Deno.test("mapreduce run refuses what a worker commits that was given up and comes back", () =>
  withRoom((room) => stopInReduce(room, "until it is given up")));

Deno.test("mapreduce run loses nothing, however often it and its workers are killed", () =>
  withRoom(async (room) => {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    const random = new Random(seed);
    room.writeInputs(12);
    const oracle = await room.oracle(["--mapper", MAP, "--reducer", "uniq -c"]);
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const output = `out${repeat}`;
      for (let life = 0;; life++) {
        const resumes = life === 0 ? [] : ["--resume"];
        await using run = await room.run([...SLOW, ...resumes], { output, workers: "3" });
        let isOver = false;
        const ended = run.ended().finally(() => isOver = true);
        for (let kills = random.below(3); kills > 0 && !isOver; kills--) {
          await Promise.race([ended, wait(random.below(800))]);
          if (isOver) break;
          const workers = childrenOf(run.process.child.pid);
          if (workers.length > 0) Deno.kill(random.pick(workers), "SIGKILL");
        }
        if (life < 3) {
          await Promise.race([ended, wait(random.below(1500))]);
          run.process.kill("SIGKILL");
        }
        await run.process.ended;
        if (room.output(output)["_SUCCESS"] === undefined) {
          assert(life < 3, `seed ${seed}, repeat ${repeat}: it ended without success`);
          ended.catch(() => {}); // its last line was cut
          continue;
        }
        break;
      }
      assert.deepEqual(room.output(output), oracle, `seed ${seed}, repeat ${repeat}`);
    }
  }));

Deno.test("mapreduce run goes on when a worker hangs whose outputs are relayed, and takes it back", () =>
  withRoom((room) => stopWhileRead(room, ["--advertise", "::1"])));

for (const [title, run] of Object.entries(LAB)) {
  Deno.test(`${title}, ${REPEATS} times`, async () => {
    for (let repeat = 0; repeat < REPEATS; repeat++) await withRoom(run);
  });
}
