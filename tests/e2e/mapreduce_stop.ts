/** A worker that stands still in the middle of a task, comes back, and wants to commit. */
import assert from "node:assert/strict";
import { partitionOf } from "../../lib/mapreduce/kernel/partition_of.ts";
import { attemptsOf, bigJob, type MapreduceRoom, startWorkers } from "./mapreduce_room.ts";
import { wait } from "./processes.ts";

/** One reduce task of each sort. */
const SORTS = ["quick", "held", "victim"] as const;

/** A word that begins so and is in that partition. */
function wordIn(partition: number, start: string): string {
  for (let i = 0;; i++) {
    const word = new TextEncoder().encode(`${start}${i}`);
    if (partitionOf(word, SORTS.length) === partition) return `${start}${i}`;
  }
}

/** Waits for a file, and gives what is in it. */
async function contentOf(path: string): Promise<string> {
  for (let left = 200; left > 0; left--) {
    try {
      const text = Deno.readTextFileSync(path);
      if (text.endsWith("\n")) return text.trim();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await wait(50);
  }
  throw new Error(`${path} did not come`);
}

/**
 * Stops a worker in a reduce task until another one has done that, or until the coordinator has given it
 * up, too. Another reduce task is held until it has come back and said what it has to say.
 */
export async function stopInReduce(
  room: MapreduceRoom,
  until: "until another has done it" | "until it is given up",
): Promise<void> {
  room.writeInputs(1, 1000);
  const lines = SORTS.map((sort, partition) => `${wordIn(partition, sort)}\t1\n`);
  const mapper = `cat >/dev/null; printf '${lines.join("")}'`;
  const reducer = room.program(
    "reduces",
    `X=$(cat); echo "$X"
case $X in
  held*) until [ -e "$M/open" ]; do sleep 0.05; done ;;
  victim*) if mkdir "$M/first" 2>/dev/null; then
    echo $PPID >"$M/pid"; until [ -e "$M/stopped" ]; do sleep 0.05; done
  fi ;;
esac`,
  );
  await using ends = new AsyncDisposableStack();
  const flags = ["--partitions", "3", "--mapper", mapper, "--reducer", reducer];
  const run = ends.use(await room.run(flags));
  // One for each task, and one that tries the held one, too.
  const workers = await Promise.all([0, 1, 2, 3].map(() => room.worker(run)));
  for (const worker of workers) ends.use(worker);
  const pid = Number(await contentOf(`${room.folder}/reduces/pid`));
  const victim = workers.find(({ child }) => child.pid === pid);
  assert(victim !== undefined, "a worker has it");
  victim.kill("SIGSTOP");
  Deno.writeTextFileSync(`${room.folder}/reduces/stopped`, "");
  await run.won("reduce", 2);
  if (until === "until it is given up") await run.process.matching(/"change":"left"/);
  victim.kill("SIGCONT");
  // What it has done is refused, or it was told to end it, or its line was lost meanwhile.
  const told = '"type":"(?:done|cancelled|failed)".*"kind":"reduce","task":2';
  await victim.matching(new RegExp(`${told}|"type":"joined"[^]*"type":"joined"`));
  await wait(300); // what it said comes
  Deno.writeTextFileSync(`${room.folder}/reduces/open`, "");
  const end = await run.ended();
  assert.equal(end.code, 0, end.stderr);
  assert.equal((await victim.ended).code, 0);
  const winners = attemptsOf(end, "won", "reduce").filter(({ task }) => task === 2);
  assert.equal(winners.length, 1);
  assert(!String(winners[0]?.["label"]).endsWith(`:${pid}`), "another one has done it");
  const { _SUCCESS, ...parts } = room.output();
  assert.equal(_SUCCESS, "");
  assert.deepEqual(Object.values(parts), lines);
}

/**
 * Stops a worker whose map outputs are read until the coordinator has given it up, and lets it come back.
 *
 * @param flags of the workers
 */
export async function stopWhileRead(room: MapreduceRoom, flags: readonly string[]): Promise<void> {
  room.writeInputs(4, 1000);
  await using ends = new AsyncDisposableStack();
  const job = bigJob(room);
  const run = ends.use(await room.run(job.flags));
  const [victim] = await startWorkers(room, run, 3, ends, flags);
  assert(victim !== undefined);
  job.begin();
  await run.process.matching(/"change":"started","epoch":1,"kind":"reduce"/);
  victim.kill("SIGSTOP");
  await run.process.matching(/"change":"left"/);
  victim.kill("SIGCONT");
  await victim.matching(/"type":"joined"[^]*"type":"joined"/);
  job.reduce();
  const end = await run.ended();
  assert.equal(end.code, 0, end.stderr);
  assert.equal((await victim.ended).code, 0);
  assert.deepEqual(room.output(), await room.oracle(job.flags));
}
