/** Runs of `mapreduce`, one after the other, each compared with a run without workers. */
import type { Random } from "../random.ts";
import { wetFile } from "../mapreduce/generate_wet.ts";
import { LatencyLog } from "./latency_log.ts";
import { latencyOf, type Part } from "./part.ts";
import { childrenOf } from "./proc_figures.ts";
import type { Program, Programs } from "./program.ts";

/** Pause between two runs, in milliseconds. */
const PAUSE_MS = 15_000;
const INPUTS = 2;
const INPUT_BYTES = 300_000;
const JOBS = [["wordcount"], ["domains"], ["languages"], ["index"], ["wordcount", "--fold-case"]];

/** The load of `mapreduce`. */
export class MapreducePart implements Part {
  readonly counts = { "mapreduce runs": 0, "mapreduce kills": 0 };
  readonly #log = new LatencyLog();
  readonly #programs: Programs;
  readonly #folder: string;
  readonly #faults: string[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #run: Program | undefined;
  #wantsKill = false;

  /** Nothing yet. @param folder for inputs and outputs */
  constructor(programs: Programs, folder: string) {
    [this.#programs, this.#folder] = [programs, folder];
  }

  /** Makes inputs and oracles, and runs from then on. */
  async start(seed: number): Promise<void> {
    await Deno.mkdir(`${this.#folder}/input`, { recursive: true });
    for (let number = 0; number < INPUTS; number++) {
      const bytes = wetFile({ seed: seed + number, bytes: INPUT_BYTES, members: "record" });
      await Deno.writeFile(`${this.#folder}/input/${number}.wet.gz`, bytes);
    }
    for (const at of JOBS.keys()) {
      const code = await this.#start(at, `oracle-${at}`, "0").ended;
      if (code !== 0) {
        throw new Error(`Cannot make oracle ${at} of mapreduce: it ended with ${code}`);
      }
    }
    this.#running = this.#loop();
  }

  /** One worker in some runs is killed. */
  churn(random: Random): void {
    if (random.oneIn(60)) this.#wantsKill = true;
    const [worker] = this.#run === undefined ? [] : childrenOf(this.#run.pid);
    if (!this.#wantsKill || worker === undefined) return;
    this.#wantsKill = false;
    this.counts["mapreduce kills"]++;
    try {
      Deno.kill(worker, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it ended a moment ago
    }
  }

  settle(): Promise<void> {
    return Promise.resolve(); // it has no clients that stay
  }

  latencies() {
    return latencyOf("mapreduce", this.#log.take());
  }

  async finish(): Promise<string[]> {
    this.#stop.abort();
    await this.#running;
    return this.#faults;
  }

  check(): string[] {
    return this.counts["mapreduce runs"] > 0 ? [] : ["mapreduce had no run"];
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    for (let number = 0; !signal.aborted; number++) {
      await this.#compare(number % JOBS.length).catch((error) => {
        this.#faults.push(`a run of mapreduce could not be compared: ${error}`);
      });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PAUSE_MS);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        }, { once: true });
      });
    }
  }

  async #compare(at: number): Promise<void> {
    const name = `output-${this.counts["mapreduce runs"]++}`;
    const startMs = performance.now();
    const killsBefore = this.counts["mapreduce kills"];
    const run = this.#run = this.#start(at, name, "2");
    const code = await run.ended;
    this.#run = undefined;
    if (killsBefore === this.counts["mapreduce kills"]) this.#log.add(performance.now() - startMs);
    const [ours, oracle] = await Promise.all([this.#read(name), this.#read(`oracle-${at}`)]);
    if (code !== 0 || ours !== oracle) {
      this.#faults.push(
        `${name} (${JOBS[at]?.join(" ")}) ended with ${code}, ` +
          `${ours === oracle ? "equal to" : "other than"} what no workers give`,
      );
    }
    const left = [...Deno.readDirSync(`${this.#folder}/temp`)].map(({ name }) => name);
    if (left.length > 0) this.#faults.push(`${name} has left ${left.join(", ")}`);
    await Deno.remove(`${this.#folder}/${name}`, { recursive: true });
  }

  #start(at: number, output: string, workers: string): Program {
    Deno.mkdirSync(`${this.#folder}/temp`, { recursive: true });
    const [job = "", ...more] = JOBS[at] ?? [];
    const where = ["--output", `${this.#folder}/${output}`, "--temp", `${this.#folder}/temp`];
    const how = ["--workers", workers, "--partitions", "3", "--threads", "1", "--json"];
    const input = `${this.#folder}/input`;
    return this.#programs.start([
      "mapreduce",
      "run",
      "--job",
      job,
      ...more,
      ...where,
      ...how,
      input,
    ]);
  }

  /** The parts of an output, one behind the other. */
  async #read(output: string): Promise<string> {
    const folder = `${this.#folder}/${output}`;
    const parts = [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name.startsWith("part-")).sort();
    const texts = await Promise.all(
      parts.map(async (name) => `${name}\n${await Deno.readTextFile(`${folder}/${name}`)}`),
    );
    return texts.join("");
  }
}
