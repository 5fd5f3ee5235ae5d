/** Sessions of docs/mapreduce.md whose inputs are small. */
import { fromSource } from "../../e2e/root.ts";
import { generated, page, writeCrawl } from "../crawl.ts";
import { below, type Story } from "../story.ts";
import { type Circumstances, rule, type World } from "../world.ts";

const FILE = "docs/mapreduce.md";
const two = below(FILE, "Two commands");
const lost = below(FILE, "What counts as lost");
const jobs = below(FILE, "Jobs");
const own = below(FILE, "A job of your own");
const streaming = below(FILE, "Streaming, both ways");
const others = below(FILE, "Workers on other machines");

/** Less to start: the output is the same, whatever the workers are. */
const env = { TRAM_MAPREDUCE_WORKERS: "0" };
/** Of these commands the document shows no output. */
const UNSHOWN: Circumstances = { env, printed: () => ["..."] };
/** Words of generated pages, and how many tasks there are of them. */
const GENERATED = [
  rule(/^[\d,]+ {2}(?:\p{L}{3} \d+|\S+)$/u, "<n>  <word>"),
  rule(
    /^attempts {2}\d+ for \d+ maps and 8 reduces(?:, \d+ as backup)?$/,
    "attempts  <n> for <n> maps and 8 reduces",
  ),
];

async function writePages(world: World): Promise<void> {
  await writeCrawl(world, "pages", 1);
  await world.write("pages/c.warc.wet.gz", generated(4, 1));
}

async function playInputs(world: World): Promise<void> {
  await writePages(world);
  await world.run(two(1), 1, { env, rules: GENERATED });
  await world.run(two(1), 2);
  await clear(world, "counts");
  await world.write("damaged/crawl-1.warc.wet.gz", page());
  const whole = generated(2, 1);
  await world.write("damaged/crawl-2.warc.wet.gz", whole.subarray(0, whole.length / 2));
  await world.run(lost(1), 1, { env, code: 3 });
  await world.run(lost(1), 2);
}

async function playJobs(world: World): Promise<void> {
  await writePages(world);
  for (const number of [1, 2, 3]) await world.run(jobs(1), number, UNSHOWN);
  await clear(world, "found");
  await world.write("whirlwind.warc.wet.gz", page());
  await world.run(jobs(2), 1, UNSHOWN);
  await world.run(jobs(2), 2, { isExact: true });
  await world.write("jobs/lengths.ts", ownJob());
  await world.run(own(1), 1, { env, rules: GENERATED });
  // The document shows the line that is wrong, indented by two, and where it stands.
  const wrong = world.step(own(2), 1).output[1]?.slice(2) ?? "";
  await world.write(
    "jobs/bad.ts",
    `export default {\n\n  map({ text }, emit) {\n\n${wrong}\n  },\n};\n`,
  );
  await world.run(own(2), 1, { code: 2, isExact: true });
}

async function playStreaming(world: World): Promise<void> {
  await writePages(world);
  await world.write("whirlwind.warc.wet.gz", page());
  await world.run(streaming(1), 1);
  await world.write("count.awk", `${world.step(streaming(2), 1).output.join("\n")}\n`);
  await world.write("sum.awk", '{ n[$1] += $2 } END { for (w in n) print w "\\t" n[w] }\n');
  await world.run(streaming(2), 1, { isExact: true });
  await world.run(streaming(2), 2, UNSHOWN);
  await world.aside("tram token new; umask 077; tram token show > room.token").ended();
  const run = await world.start(others(1), 1, { env: { TRAM_MAPREDUCE_WORKERS: "join" } }).ready();
  await world.run(others(2), 1, {
    rules: [
      rule(/\b\d+(?= tasks? at once$)/, "<cores>"),
      rule(/\b\d+(?= attempts went through here$)/, "<n>"),
    ],
  });
  await run.ended({ isServer: true });
}

/** The job that the document shows. */
function ownJob(): string {
  const text = Deno.readTextFileSync(fromSource(FILE));
  return /### A job of your own[^]*?```ts\n([^]*?)```/.exec(text)?.[1] ?? "";
}

async function clear(world: World, folder: string): Promise<void> {
  await Deno.remove(`${world.folders.data}/${folder}`, { recursive: true });
}

/** Sessions of docs/mapreduce.md. */
export const mapreduceDocsStories: readonly Story[] = [
  { name: "docs-mapreduce-inputs", blocks: [two(1), lost(1)], play: playInputs },
  { name: "docs-mapreduce-jobs", blocks: [jobs(1), jobs(2), own(1), own(2)], play: playJobs },
  {
    name: "docs-mapreduce-streaming",
    blocks: [streaming(1), streaming(2), others(1), others(2)],
    play: playStreaming,
  },
];
