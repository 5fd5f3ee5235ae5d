/** A machine for `mapreduce`: files in memory, workers that run in the same room. */
import { jobDescriptionSchema } from "../../lib/mapreduce/jobs/job_description.ts";
import { LocalRunner } from "../../lib/mapreduce/engine/local_runner.ts";
import type { ThreadPoolParts } from "../../lib/mapreduce/engine/thread_pool.ts";
import type { MapreduceHost, WorkerStart } from "../../lib/mapreduce/host.ts";
import { openJob } from "../../lib/mapreduce/jobs/open_job.ts";
import { parseJson } from "../../lib/transport/parse_json.ts";
import type { FakeProcess, FakeRoom } from "../fake_context.ts";
import { FakeInput } from "../fake_input.ts";
import { MemoryDisk } from "./memory_disk.ts";

/** A machine for `mapreduce`. */
export class FakeHost implements MapreduceHost {
  readonly cores = 2;
  readonly disk = new MemoryDisk();
  readonly taskFiles = this.disk.taskFiles;
  /** Workers that were started, with their arguments. */
  readonly started: { readonly args: readonly string[]; readonly process: FakeProcess }[] = [];
  /** What a worker says instead of working, and ends with 1. */
  trouble: string | undefined;
  /** How many workers are interrupted as soon as they are started. */
  dying = 0;
  /** What was asked for and what ended, in order. */
  readonly life: ("temporary folder" | "worker ended")[] = [];
  readonly #room: FakeRoom;
  #temps = 0;

  constructor(room: FakeRoom) {
    this.#room = room;
  }

  openOutput(path: string) {
    const wasThere = this.disk.folders.has(path);
    return Promise.resolve({
      folder: this.disk.folder(path),
      wasThere,
      discard: () => Promise.resolve(wasThere ? undefined : this.disk.remove(path)),
    });
  }

  makeTemp(within = "/tmp") {
    const path = `${within}/${++this.#temps}`;
    this.life.push("temporary folder");
    return Promise.resolve({
      folder: this.disk.folder(path),
      [Symbol.asyncDispose]: () => Promise.resolve(this.disk.remove(path)),
    });
  }

  async openPool({ job, partitions, memoryBytes, clock }: ThreadPoolParts) {
    const { spawner, inputFiles } = this.#room;
    const description = parseJson(jobDescriptionSchema, job, "the job");
    const parts = { kernel: "plain", memoryBytes, clock, spawner } as const;
    return new LocalRunner({
      ...{ job: await openJob(description, parts), partitions, memoryBytes },
      ...{ files: this.taskFiles, inputFiles },
    });
  }

  startWorker({ args, line, onLine }: WorkerStart) {
    const pid = 9000 + this.started.length;
    if (this.trouble !== undefined) {
      onLine(this.trouble);
      const ended = Promise.resolve({ code: 1, signal: undefined });
      return { pid, ended, stop() {}, kill() {} };
    }
    const stdin = new FakeInput({ isTerminal: false });
    stdin.type(`${line}\n`);
    const process = this.#room.run(args, {}, undefined, undefined, stdin);
    this.started.push({ args, process });
    if (this.dying-- > 0) process.interrupt();
    const ended = process.exitCode.then((code) => {
      this.life.push("worker ended");
      for (const text of process.stderr.text.split("\n").filter(Boolean)) onLine(text);
      return { code, signal: undefined };
    });
    return { pid, ended, stop: () => stdin.end(), kill: process.interrupt };
  }
}
