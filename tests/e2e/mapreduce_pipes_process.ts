/** Runs a job whose sandboxes die, and says what is left of them. */
import { inputOf, plainParts, runJob } from "../mapreduce/jobs/run_job.ts";
import type { UserJob } from "../../lib/mapreduce/jobs/job_description.ts";
import { openJob } from "../../lib/mapreduce/jobs/open_job.ts";
import { realSpawner } from "../../lib/mapreduce/jobs/real_spawner.ts";
import { childrenOf } from "./mapreduce_steps.ts";
import { wait } from "./processes.ts";

const job: UserJob = {
  ...{ type: "user", name: "job.js", onError: "skip", timeLimitMs: 200, memoryBytes: 5e8 },
  source: 'export default { map({ text }, emit) { while (text === "bad"); emit(text, 1); } };',
};

const countFiles = () => [...Deno.readDirSync("/proc/self/fd")].length;
const countChildren = () => childrenOf(Deno.pid).length;

async function run(): Promise<number | undefined> {
  await using running = await openJob(job, { ...plainParts, spawner: realSpawner });
  const { maps } = await runJob(running, [inputOf(["a", "bad", "b"])]);
  return maps[0]?.counts["tram:sandboxes that died"];
}

await run(); // opens what stays open
const before = countFiles();
const died = await run();
for (let left = 100; left > 0 && (countFiles() > before || countChildren() > 0); left--) {
  await wait(100);
}
const said = `${died} died, ${
  countFiles() - before
} files and ${countChildren()} processes are left\n`;
Deno.stdout.writeSync(new TextEncoder().encode(said));
