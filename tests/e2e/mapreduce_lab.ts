/** What a MapReduce has to do at least: the seven cases that students of MIT 6.5840 test. */
import assert from "node:assert/strict";
import { attemptsOf, type MapreduceRoom, type Output, startWorkers } from "./mapreduce_room.ts";
import { wait } from "./processes.ts";

const INPUTS = 8;

/** Runs a job with workers and gives what it made. */
async function crew(room: MapreduceRoom, flags: readonly string[], workers = "3") {
  await using run = await room.run([...flags, "--threads", "1"], { workers });
  const end = await run.ended();
  assert.equal(end.code, 0, end.stderr);
  return end;
}

/** Lines of all parts, sorted. */
function linesOf(output: Output): string[] {
  return Object.values(output).flatMap((text) => text.split("\n")).filter(Boolean).sort();
}

/** Runs a job with three workers, and compares. */
async function compare(room: MapreduceRoom, job: string): Promise<void> {
  room.writeInputs(INPUTS, 60_000);
  const end = await crew(room, ["--job", job]);
  assert.equal(end.summary["maps"], INPUTS);
  assert(linesOf(room.output()).length > 1000);
  assert.deepEqual(room.output(), await room.oracle(["--job", job]));
}

/** Waits, in a program, until two of its kind run at once; then says so. */
const MEETING = `cat >/dev/null; : >"$M/at.$PPID"; i=0
while [ "$(ls "$M" | grep -c '^at')" -lt 2 ] && [ $i -lt 400 ]; do sleep 0.05; i=$((i+1)); done
`;

/** The cases by their titles. */
export const LAB: Readonly<Record<string, (room: MapreduceRoom) => Promise<void>>> = {
  "mapreduce run --job wordcount gives with three workers what one process gives": (room) =>
    compare(room, "wordcount"),
  "mapreduce run --job index gives with three workers what one process gives": (room) =>
    compare(room, "index"),
  "mapreduce run has map tasks at two workers at the same time": async (room) => {
    room.writeInputs(2, 1000);
    const mapper = room.program("maps", `${MEETING}printf 'task %s\\t1\\n' "$N"`);
    await crew(room, ["--mapper", mapper], "2");
    assert.equal(room.marks("maps", /^at/).length, 2, "two workers met");
    assert.deepEqual(linesOf(room.output()), ["task 0\t1", "task 1\t1"]);
  },

  "mapreduce run has reduce tasks at two workers at the same time": async (room) => {
    room.writeInputs(1, 1000);
    const reducer = room.program("reduces", `${MEETING}printf 'task %s\\t1\\n' "$N"`);
    const flags = ["--partitions", "2", "--mapper", "tr -s ' ' '\\n'", "--reducer", reducer];
    await crew(room, flags, "2");
    assert.equal(room.marks("reduces", /^at/).length, 2, "two workers met");
    assert.deepEqual(linesOf(room.output()), ["task 0\t1", "task 1\t1"]);
  },

  "mapreduce run does each task once when nothing goes wrong": async (room) => {
    room.writeInputs(INPUTS, 1000);
    const mapper = room.program("maps", "tr -s ' ' '\\n'");
    const reducer = room.program("reduces", "cat");
    const end = await crew(room, ["--partitions", "4", "--mapper", mapper, "--reducer", reducer]);
    // A machine that stands still for a second makes the engine try a task twice, as it should.
    const { backups } = end.summary;
    assert.equal(attemptsOf(end, "started").length, INPUTS + 4 + Number(backups));
    if (backups === 0) {
      assert.deepEqual([room.marks("maps").length, room.marks("reduces").length], [INPUTS, 4]);
    }
    assert.equal(attemptsOf(end, "won", "map").length, INPUTS);
    assert.equal(attemptsOf(end, "won", "reduce").length, 4);
  },

  "mapreduce run and worker end when the last task is through, not before": async (room) => {
    room.writeInputs(3, 1000);
    const reducer = room.program(
      "reduces",
      'cat; i=0; until [ -e "$M/open" ] || [ $i -gt 400 ]; do sleep 0.05; i=$((i+1)); done',
    );
    const flags = ["--partitions", "1", "--mapper", "tr -s ' ' '\\n'", "--reducer", reducer];
    await using ends = new AsyncDisposableStack();
    const run = ends.use(await room.run(flags));
    const workers = await startWorkers(room, run, 3, ends);
    const first = Promise.race([run.process.ended, ...workers.map(({ ended }) => ended)]);
    await run.process.matching(/"change":"started","epoch":1,"kind":"reduce"/);
    assert.equal(await Promise.race([first, wait(700)]), undefined, "all wait for the last task");
    assert.equal(room.output()["_SUCCESS"], undefined);
    Deno.writeTextFileSync(`${room.folder}/reduces/open`, "");
    assert.equal((await first)?.code, 0);
    const output = room.output();
    assert.equal(output["_SUCCESS"], "", "the output is whole when the first of them ends");
    for (const worker of workers) assert.equal((await worker.ended).code, 0);
    const end = await run.ended();
    assert.equal(end.code, 0, end.stderr);
    assert.deepEqual(room.output(), output);
    assert.deepEqual([...Deno.readDirSync(`${room.folder}/temp`)], [], "nothing is left behind");
  },

  "mapreduce run loses nothing when steps kill their workers or take their time": async (room) => {
    room.writeInputs(INPUTS, 20_000);
    const map = "tr -s '[:space:]' '\\n'";
    const reduce = "uniq -c";
    // Before it has read, in the middle of its output, after all of it, and late.
    const crashing = (step: string) =>
      `case $N in
      1) kill -9 $PPID ;;
      3) ${step} | head -c 5000; kill -9 $PPID ;;
      5) ${step}; kill -9 $PPID ;;
      6) sleep 2; ${step} ;;
      *) ${step} ;;
    esac`;
    const flags = [
      ...["--mapper", room.program("maps", crashing(map))],
      ...["--reducer", room.program("reduces", crashing(reduce))],
    ];
    const { summary, stderr } = await crew(room, flags);
    // Six, but for a slow machine, where another attempt may win before.
    const kills = stderr.match(/ ended by SIGKILL/g)?.length ?? 0;
    assert(kills > 2 && Number(summary["attempts"]) >= INPUTS + 8 + kills, stderr);
    assert.deepEqual(room.output(), await room.oracle(["--mapper", map, "--reducer", reduce]));
  },
};
