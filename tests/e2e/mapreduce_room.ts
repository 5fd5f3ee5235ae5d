/** Coordinators and workers of `mapreduce` as processes, with inputs that make a task each. */
import assert from "node:assert/strict";
import { generateWet } from "../mapreduce/generate_wet.ts";
import { runTram, TramProcess, withFolder } from "./processes.ts";

/** Inputs of more bytes than this are not packed into one task. */
const TASK_BYTES = 1024 * 1024;

/** The token of all runs here. */
export const ROOM_TOKEN = "5a".repeat(32);

/** Files of an output by name, but for the journal, which names workers. */
export type Output = Readonly<Record<string, string>>;

/** An event that `--json` writes. */
export type Event = Readonly<Record<string, unknown>>;

/** How a run ended. */
export interface RunEnd {
  readonly code: number;
  readonly stderr: string;
  readonly events: readonly Event[];
  /** The last event. */
  readonly summary: Event;
}

/** A folder for one test, with its inputs, outputs and temporary files. */
export class MapreduceRoom {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    for (const name of ["in", "temp"]) Deno.mkdirSync(`${folder}/${name}`);
  }

  /**
   * Writes inputs, each a task of its own: a WET file of `bytes`, and behind it a record that jobs
   * skip, a hole in the file.
   */
  writeInputs(count: number, bytes = 20_000): void {
    for (let i = 0; i < count; i++) {
      using file = Deno.createSync(`${this.folder}/in/${String(i).padStart(3, "0")}.warc.wet`);
      const write = (part: Uint8Array) => {
        for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
      };
      for (const part of generateWet({ seed: i, bytes, vocabulary: 2000 })) write(part);
      const head = "WARC/1.0\r\nWARC-Type: metadata\r\n" +
        `Content-Length: ${TASK_BYTES}\r\n\r\n`;
      write(new TextEncoder().encode(head));
      file.seekSync(TASK_BYTES, Deno.SeekMode.Current);
      write(new TextEncoder().encode("\r\n\r\n"));
    }
  }

  /** Starts a run for which workers come by hand, unless `flags` say how many to start. */
  async run(flags: readonly string[], options: RunOptions = {}): Promise<Run> {
    const { output = "out", port = "0", workers = "join" } = options;
    const process = new TramProcess([
      ...["mapreduce", "run", "--json", "--workers", workers, "--port", port],
      ...["--output", `${this.folder}/${output}`, ...flags, `${this.folder}/in`],
    ], this.#env(options.temp));
    const [, listening = ""] = await process.matching(/"listening".*?"port":(\d+)/);
    return new Run(process, listening);
  }

  /** Starts a worker that does one task at once, and waits until it has joined. */
  async worker({ port }: Run, flags: readonly string[] = [], temp?: string): Promise<TramProcess> {
    const worker = new TramProcess([
      ...["mapreduce", "worker", "--coordinator", `127.0.0.1:${port}`, "--threads", "1"],
      ...["--json", "--timeout", "20s", ...flags],
    ], this.#env(temp));
    await worker.matching(/"type":"joined"/);
    return worker;
  }

  /** Runs it in one process: what the others are compared with. */
  async oracle(flags: readonly string[], code = 0): Promise<Output> {
    const end = await runTram([
      ...["mapreduce", "run", "--workers", "0", "--output", `${this.folder}/oracle`],
      ...flags,
      `${this.folder}/in`,
    ], this.#env());
    assert.equal(end.code, code, end.stderr);
    return this.output("oracle");
  }

  /** What is in an output folder. */
  output(name = "out"): Output {
    const folder = `${this.folder}/${name}`;
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    return Object.fromEntries(
      names.filter((name) => !name.startsWith("_journal"))
        .map((name) => [name, Deno.readTextFileSync(`${folder}/${name}`)]),
    );
  }

  /** A program that each attempt runs; it finds the folder `marks` in `$M`, and a number in `$N`. */
  program(name: string, text: string): string {
    const marks = `${this.folder}/${name}`;
    Deno.mkdirSync(marks);
    // `mkdir` is the counter: only one attempt makes a folder of a number.
    const script =
      `M='${marks}'; N=0; until mkdir "$M/$N" 2>/dev/null; do N=$((N+1)); done\n${text}`;
    Deno.writeTextFileSync(`${marks}.sh`, script);
    return `. '${marks}.sh'`;
  }

  /** Names in the folder of a program's marks that match. */
  marks(name: string, pattern = /^\d+$/): readonly string[] {
    return [...Deno.readDirSync(`${this.folder}/${name}`)].map(({ name }) => name)
      .filter((name) => pattern.test(name)).sort();
  }

  #env(temp = `${this.folder}/temp`): Readonly<Record<string, string>> {
    return { TRAM_TOKEN: ROOM_TOKEN, TMPDIR: temp };
  }
}

/** Options of a run. */
export interface RunOptions {
  /** @default {"out"} */
  readonly output?: string;
  /** @default {"0"} */
  readonly port?: string;
  /** @default {"join"} */
  readonly workers?: string;
  /** Folder for temporary files. */
  readonly temp?: string;
}

/** A run that goes on. */
export class Run implements AsyncDisposable {
  readonly process: TramProcess;
  readonly port: string;

  constructor(process: TramProcess, port: string) {
    this.process = process;
    this.port = port;
  }

  /** Waits for its end. */
  async ended(): Promise<RunEnd> {
    const { code, stdout, stderr } = await this.process.ended;
    const events = stdout.trimEnd().split("\n").map((line): Event => JSON.parse(line));
    return { code, stderr, events, summary: events.at(-1) ?? {} };
  }

  /** Waits until so many attempts of a kind have won. */
  async won(kind: "map" | "reduce", count = 1): Promise<void> {
    await this.process.matching(
      new RegExp(`(?:"change":"won","epoch":\\d+,"kind":"${kind}"[^]*?){${count}}`),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}

/** The attempts of a run that changed so. */
export function attemptsOf({ events }: RunEnd, change: string, kind?: string): readonly Event[] {
  return events.filter((event) =>
    event["type"] === "attempt" && event["change"] === change &&
    (kind === undefined || event["kind"] === kind)
  );
}

/** Starts workers that go with `ends`. */
export async function startWorkers(
  room: MapreduceRoom,
  run: Run,
  count: number,
  ends: AsyncDisposableStack,
  flags: readonly string[] = [],
): Promise<TramProcess[]> {
  const started = Array.from({ length: count }, () => room.worker(run, flags));
  const workers = await Promise.all(started);
  for (const worker of workers) ends.use(worker);
  return workers;
}

/** A job whose map outputs have 10 MB each, so that they are on their way for a while. */
export interface BigJob {
  readonly flags: readonly string[];
  /** Before this, no map attempt gets on: until all workers are there. */
  begin(): void;
  /** Before this, no reduce attempt gets on behind the reading of map outputs. */
  reduce(): void;
}

/** Makes a job with big map outputs. */
export function bigJob(room: MapreduceRoom): BigJob {
  const mapper = room.program(
    "maps",
    `cat >/dev/null; until [ -e "$M/open" ]; do sleep 0.05; done
awk 'BEGIN { x = "x"; while (length(x) < 100000) x = x x
  for (i = 0; i < 80; i++) printf "%d\\t%s\\n", i, x }'`,
  );
  const reducer = room.program(
    "reduces",
    'X=$(cksum); until [ -e "$M/open" ]; do sleep 0.05; done; echo "$X"',
  );
  return {
    flags: ["--mapper", mapper, "--reducer", reducer],
    begin: () => Deno.writeTextFileSync(`${room.folder}/maps/open`, ""),
    reduce: () => Deno.writeTextFileSync(`${room.folder}/reduces/open`, ""),
  };
}

/** How many tasks a worker has done. */
export function wonBy(end: RunEnd, { child }: TramProcess, kind: "map" | "reduce"): number {
  return attemptsOf(end, "won", kind).filter(({ label }) => String(label).endsWith(`:${child.pid}`))
    .length;
}

/** Makes a room, and removes it when `body` is done. */
export function withRoom(body: (room: MapreduceRoom) => Promise<void>): Promise<void> {
  return withFolder((folder) => body(new MapreduceRoom(folder)));
}
