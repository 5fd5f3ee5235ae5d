/** Brings the runs of one partition to this worker's disk, for a reduce attempt. */
import { attemptKey } from "./attempt_name.ts";
import type { Folder, FolderFile } from "./folder.ts";
import type { Source } from "./messages.ts";
import {
  type MapreduceKinds,
  mapreduceService,
  type ShuffleKinds,
  shuffleService,
} from "./protocol.ts";
import type { RequestEnd, Requests } from "./requests.ts";
import type { HeldOutput } from "./run_server.ts";
import { type LocalRun, TaskError } from "./task_runner.ts";

/** Runs that are fetched at once. */
const LANES = 4;

/** What a gatherer is made of. */
export interface GathererParts {
  readonly partition: number;
  readonly sources: readonly Source[];
  /** Id of this worker. */
  readonly self: string;
  /** Outputs on this worker's disk. */
  readonly held: ReadonlyMap<string, HeldOutput>;
  readonly folder: Folder;
  /** What the names of files begin with. */
  readonly file: string;
  /** The line to who has a run, if there can be one. */
  readonly direct: (source: Source) => Promise<Pick<Requests<ShuffleKinds>, "ask"> | undefined>;
  /** The line to the coordinator. */
  readonly relay: Pick<Requests<MapreduceKinds>, "ask">;
  readonly signal: AbortSignal;
  /** Told of bytes that have come, all in all. */
  readonly onBytes: (bytes: number) => void;
}

interface Lane {
  readonly name: string;
  readonly file: FolderFile;
  bytes: number;
}

/** Brings the runs of one partition to this worker's disk. */
export class RunGatherer {
  /** Bytes that came from workers, through the coordinator, and that were here already. */
  readonly bytes = { direct: 0, relayed: 0, local: 0 };
  readonly #parts: GathererParts;
  /** By map task: where its output is, and how often that has changed. */
  readonly #sources = new Map<number, { source: Source; version: number }>();
  readonly #waiting = new Set<() => void>();

  /** Knows what is wanted and has nothing yet. */
  constructor(parts: GathererParts) {
    this.#parts = parts;
    for (const source of parts.sources) this.#sources.set(source.name.task, { source, version: 0 });
    parts.signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  /** The output of a map task is somewhere else now. */
  moved(source: Source): void {
    const known = this.#sources.get(source.name.task);
    if (known === undefined) return;
    known.source = source;
    known.version++;
    this.#wake();
  }

  /**
   * Resolves when all runs are here, in the order of the map tasks.
   *
   * @throws {FolderError} when the disk does not take them
   * @throws the reason of the signal when it aborts
   */
  async gather(): Promise<LocalRun[]> {
    const tasks = [...this.#sources.keys()].sort((a, b) => a - b);
    const runs = new Map<number, LocalRun>();
    let next = 0;
    const run = async (number: number) => {
      let lane: Lane | undefined;
      const open = async () => lane ??= await this.#open(number);
      try {
        for (let task; (task = tasks[next++]) !== undefined;) {
          runs.set(task, await this.#get(task, open));
        }
      } finally {
        lane?.file.close();
        next = tasks.length; // when one fails, the others need not go on
      }
    };
    const lanes = Array.from({ length: Math.min(LANES, tasks.length) }, (_, number) => run(number));
    const ended = await Promise.allSettled(lanes);
    this.#parts.signal.throwIfAborted();
    for (const end of ended) if (end.status === "rejected") throw end.reason;
    return tasks.map((task) => runs.get(task) as LocalRun);
  }

  async #open(number: number): Promise<Lane> {
    const name = `${this.#parts.file}.lane${number}`;
    return { name, file: await this.#parts.folder.create(name), bytes: 0 };
  }

  async #get(task: number, open: () => Promise<Lane>): Promise<LocalRun> {
    const { partition, self, held, direct, relay, signal } = this.#parts;
    for (;;) {
      signal.throwIfAborted();
      const known = this.#sources.get(task);
      if (known === undefined) throw new TaskError(`Nobody has the output of map task ${task}`);
      const { source, version } = known;
      const here = source.worker === self ? held.get(attemptKey(source.name)) : undefined;
      const part = here?.parts[partition];
      if (here !== undefined && part !== undefined) {
        this.#add("local", part.bytes);
        const { startByte, bytes } = part;
        return { source: source.name, file: here.file, startByte, bytes };
      }
      const lane = await open();
      const question = { name: source.name, partition };
      const line = source.worker === self ? undefined : await direct(source);
      if (line !== undefined) {
        const run = await this.#take(
          "direct",
          lane,
          source,
          (write) => line.ask(shuffleService.kinds.fetch, question, write, signal),
        );
        if (typeof run !== "string") return run;
      }
      // Also when the other one does not have it any more: so the coordinator gets to know.
      const run = await this.#take(
        "relayed",
        lane,
        source,
        (write) => relay.ask(mapreduceService.kinds.fetch, question, write, signal),
      );
      if (typeof run !== "string") return run;
      if (run === "line") throw new TaskError("The line to the coordinator is over");
      while (known.version === version && !signal.aborted) {
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    }
  }

  /** @returns why not, as a code, when it did not come as a whole */
  async #take(
    way: "direct" | "relayed",
    lane: Lane,
    source: Source,
    ask: (write: (bytes: Uint8Array) => Promise<void>) => Promise<RequestEnd>,
  ): Promise<LocalRun | string> {
    const startByte = lane.bytes;
    const { bytes, failure, error } = await ask(async (piece) => {
      this.#parts.signal.throwIfAborted();
      await lane.file.write(piece);
      lane.bytes += piece.length;
      this.#add(way, piece.length);
    });
    if (error !== undefined) throw error;
    if (failure !== undefined) return failure.code;
    return { source: source.name, file: lane.name, startByte, bytes };
  }

  #add(way: "direct" | "relayed" | "local", bytes: number): void {
    this.bytes[way] += bytes;
    const { direct, relayed, local } = this.bytes;
    this.#parts.onBytes(direct + relayed + local);
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
