/** `mapreduce` for long: the same again and again, deaths at any moment, and more keys than memory. */
import assert from "node:assert/strict";
import { stopInReduce } from "../e2e/mapreduce_stop.ts";
import { withRoom } from "../e2e/mapreduce_room.ts";
import { tramCommand, wait } from "../e2e/processes.ts";
import { childrenOf } from "../e2e/mapreduce_steps.ts";
import { Random } from "../fuzz/random.ts";

const REPEATS = 20;
const MIB = 1024 * 1024;

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

/** Memory of a process at its highest, in bytes. Linux only. */
function peakBytes(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

Deno.test("mapreduce run counts 2 GB of distinct keys within 1 GB resident", () =>
  withRoom(async (room) => {
    const files = 8;
    const linesEach = 2_000_000; // of 128 bytes
    for (let i = 0; i < files; i++) {
      using file = Deno.createSync(`${room.folder}/in/${i}.txt`);
      const tail = "x".repeat(116);
      for (let line = 0; line < linesEach;) {
        let text = "";
        for (let n = 0; n < 10_000; n++, line++) {
          text += `${String((i * linesEach + line) * 7919 % 1e11).padStart(11, "0")}${tail}\n`;
        }
        const bytes = new TextEncoder().encode(text);
        for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      }
    }
    const { command, prefix } = tramCommand();
    const child = new Deno.Command(command, {
      args: [
        ...[...prefix, "mapreduce", "run", "--job", "wordcount", "--memory", "256MB", "--json"],
        ...["--workers", "1", "--output", `${room.folder}/out`, `${room.folder}/in`],
      ],
      env: { TMPDIR: `${room.folder}/temp`, NO_COLOR: "1" },
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let peak = 0;
    let isOver = false;
    const ended = child.output().finally(() => isOver = true);
    while (!isOver) {
      await Promise.race([ended, wait(500)]);
      if (isOver) break;
      for (const pid of [child.pid, ...childrenOf(child.pid)]) {
        peak = Math.max(peak, peakBytes(pid));
      }
    }
    const { code, stdout } = await ended;
    assert.equal(code, 0);
    const summary = JSON.parse(new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1) ?? "");
    assert.equal(summary.lines, files * linesEach);
    assert(peak < 1024 * MIB, `${Math.round(peak / MIB)} MiB resident`);
  }));
