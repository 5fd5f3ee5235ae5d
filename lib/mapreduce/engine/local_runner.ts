/** Runs tasks in this thread, one after the other: for `--workers 0`, and as oracle of the threads. */
import type { InputFiles } from "../input/input_files.ts";
import { openInput } from "../input/open_input.ts";
import type { RunningJob } from "../jobs/running_job.ts";
import { mapBody, reduceBody } from "./task_body.ts";
import type { TaskFiles } from "./task_files.ts";
import type {
  MapOutcome,
  MapWork,
  ReduceOutcome,
  ReduceWork,
  TaskHandle,
  TaskRunner,
} from "./task_runner.ts";

/** What a local runner is made of. */
export interface LocalRunnerParts {
  readonly job: RunningJob;
  readonly partitions: number;
  readonly memoryBytes: number;
  readonly files: TaskFiles;
  readonly inputFiles: InputFiles;
}

/** Runs tasks in this thread. */
export class LocalRunner implements TaskRunner {
  readonly #parts: LocalRunnerParts;

  constructor(parts: LocalRunnerParts) {
    this.#parts = parts;
  }

  runMap({ splits, inputs, folder, file }: MapWork, handle: TaskHandle): Promise<MapOutcome> {
    const { inputFiles } = this.#parts;
    return mapBody(
      this.#parts,
      { splits, inputs, path: folder.pathOf(file) },
      ({ input, path }) =>
        openInput({ ...input, name: path ?? input.name }, inputFiles, handle.signal),
      handle,
    );
  }

  runReduce({ runs, folder, file }: ReduceWork, handle: TaskHandle): Promise<ReduceOutcome> {
    const local = runs.map((run) => ({ ...run, path: folder.pathOf(run.file) }));
    const body = { runs: local, path: folder.pathOf(file) };
    return reduceBody(this.#parts, body, (bytes) => handle.write(bytes), handle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.job[Symbol.asyncDispose]();
  }
}
