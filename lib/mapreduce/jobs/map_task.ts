import { ExternalSorter } from "../kernel/external_sorter.ts";
import type {
  JobParts,
  MapInput,
  MapOutput,
  MapReport,
  RunningJob,
  TaskSigns,
} from "./running_job.ts";

/**
 * Runs a map task: what the job emits becomes one run per partition. Spills are removed, also when it
 * fails.
 *
 * @throws {JobError} when the job cannot be done
 * @throws the signal's reason, and what input and output throw
 */
export async function runMapTask(
  job: RunningJob,
  input: MapInput,
  output: MapOutput,
  { memoryBytes }: Pick<JobParts, "memoryBytes">,
  signs: TaskSigns,
): Promise<MapReport> {
  if (job.mapRuns !== undefined) return await job.mapRuns(input, output, signs);
  const { partitions, spills, sinkOf } = output;
  const { combine } = job;
  const sorter = new ExternalSorter({
    ...{ partitions, memoryBytes, spills },
    ...combine === undefined ? {} : { combine },
  });
  try {
    const report = await job.map(input, (key, value) => sorter.emit(key, value), signs);
    const runs = sorter.finish(sinkOf);
    return { ...report, runs, emitted: sorter.records, spills: sorter.spills };
  } catch (error) {
    sorter.remove();
    throw error;
  }
}
