/** Sessions of mapreduce: a worker that is killed, an input that is cut, jobs of one's own. */
import { generated, writeCrawl } from "../crawl.ts";
import { children } from "../processes_of.ts";
import { below, type Story } from "../story.ts";
import { type Circumstances, rule, type World } from "../world.ts";
import { wait } from "../../e2e/processes.ts";

const readme = below("README.md", "mapreduce: many files, all cores, nothing lost in silence");

/** Of these commands the document shows no output, or has sent it elsewhere. */
const UNSHOWN: Circumstances = { printed: () => ["..."] };
/** How many tasks there are depends on the inputs, how many attempts on when a worker died. */
const TASKS = rule(
  /^attempts {2}\d+ for \d+ maps and 8 reduces(?:, \d+ as backup)?$/,
  "attempts  <n> for <n> maps and 8 reduces",
);
/** How often each input has its records: enough for a second of work. */
const TIMES = 9;

/** Kills a worker that a run has started, as soon as it has done something. */
async function killWorker(run: { readonly pid: number }): Promise<void> {
  for (;; await wait(20)) {
    const [worker] = children(run.pid).filter(({ args, cpuMs }) =>
      args.includes("worker") && cpuMs > 200
    );
    if (worker === undefined) continue;
    Deno.kill(worker.pid, "SIGKILL");
    return;
  }
}

async function playReadme(world: World): Promise<void> {
  await writeCrawl(world, "crawl", TIMES);
  const run = world.start(readme(1), 1, { rules: [TASKS] });
  await Promise.all([run.ended(), killWorker(run)]);
  await world.run(readme(1), 2);
  await world.run(readme(1), 3);
  const { data } = world.folders;
  const cut = await Deno.readFile(`${data}/crawl/b2.warc.wet.gz`);
  await Deno.writeFile(`${data}/crawl/b2.warc.wet.gz`, cut.subarray(0, cut.length / 2));
  const lossy = world.aside(
    "tram mapreduce run --job wordcount --output lossy --workers 0 crawl/b2*; test $? = 3",
  );
  const lines = (await lossy.ended()).split("\n");
  world.compareScreen(readme(2), lines.slice(lines.indexOf("1 loss:")));
  await world.write("a.wet", generated(1, 1));
  await world.run(readme(3), 1, UNSHOWN);
}

/** Sessions of the README. */
export const mapreduceStories: readonly Story[] = [
  { name: "mapreduce", blocks: [1, 2, 3].map(readme), play: playReadme },
];
