/** Does a map or reduce attempt of a job, in the thread that it is called in. */
import { combineInto } from "../kernel/combining_writer.ts";
import { mergeRuns } from "../kernel/merge_runs.ts";
import type { SyncRunCursor } from "../kernel/run_cursor.ts";
import { RunError } from "../kernel/run_error.ts";
import { RunReader } from "../kernel/run_reader.ts";
import { RunWriter } from "../kernel/run_writer.ts";
import { JobError } from "../jobs/job_error.ts";
import { LineBuffer } from "../jobs/line_buffer.ts";
import { runMapTask } from "../jobs/map_task.ts";
import type { RunningJob, Skipped, TaskSigns } from "../jobs/running_job.ts";
import { attemptKey, type AttemptName } from "./attempt_name.ts";
import type { RunPart, SkippedRecord } from "./messages.ts";
import type { TaskFiles } from "./task_files.ts";
import { type OpenTaskInput, TaskInputs } from "./task_inputs.ts";
import { type MapOutcome, type MapWork, type ReduceOutcome, TaskError } from "./task_runner.ts";
import { TaskSpills } from "./task_spills.ts";

/** Runs that are merged at once: each has a file open and a block in memory. */
const FAN_IN = 64;

/** Bytes of output that are handed on at once. */
const WRITE_BYTES = 256 * 1024;

/** What an attempt is done with. */
export interface BodyParts {
  readonly job: RunningJob;
  readonly partitions: number;
  /** Memory for what the task holds, in bytes. */
  readonly memoryBytes: number;
  readonly files: TaskFiles;
}

/** What an attempt may do while it runs. */
export interface BodySigns {
  readonly signal: AbortSignal;
  /** Bytes and records since its start, and bytes that did not fit into memory: a sign of life. */
  progress(bytes: number, records: number, status?: string, spilledBytes?: number): void;
}

/** A map attempt, as it is known in the thread. */
export interface MapBody extends Pick<MapWork, "splits" | "inputs"> {
  /** Path of the output; paths that begin with it are the attempt's own. */
  readonly path: string;
}

/** A reduce attempt, as it is known in the thread. */
export interface ReduceBody {
  /** In the order of the map tasks. */
  readonly runs: readonly {
    readonly source: AttemptName;
    readonly path: string;
    readonly startByte: number;
    readonly bytes: number;
  }[];
  /** Paths that begin with it are the attempt's own. */
  readonly path: string;
}

/** Does a map attempt: the runs of all partitions go to one file. @throws {TaskError} */
export async function mapBody(
  { job, partitions, memoryBytes, files }: BodyParts,
  { splits, inputs, path }: MapBody,
  open: OpenTaskInput,
  signs: BodySigns,
): Promise<MapOutcome> {
  const input = new TaskInputs(splits, inputs, open, signs.signal);
  const { tally } = input;
  const alive = (status?: string) =>
    signs.progress(tally.storedBytes, tally.records, status, spills.bytes);
  const spills: TaskSpills = new TaskSpills(files, path, alive);
  const file = files.create(path);
  try {
    const sink = {
      write(bytes: Uint8Array) {
        file.write(bytes);
        alive();
      },
    };
    const taskSigns: TaskSigns = { signal: signs.signal, alive };
    const output = { partitions, spills, sinkOf: () => sink };
    const report = await runMapTask(job, input, output, { memoryBytes }, taskSigns);
    let startByte = 0;
    const parts = report.runs.map(({ records, bytes, crc32 }): RunPart => {
      const part = { startByte, bytes, records, crc32 };
      startByte += bytes;
      return part;
    });
    const skippedTypes = [...tally.skipped].map(([type, n]) => [`map.skipped.${type}`, n]);
    return {
      parts,
      counters: {
        ...report.counts,
        ...Object.fromEntries(skippedTypes),
        "map.stored_bytes": tally.storedBytes,
        "map.text_bytes": tally.textBytes,
        "map.records": tally.records,
        "map.emitted": report.emitted,
        "map.output_records": parts.reduce((sum, { records }) => sum + records, 0),
        "map.output_bytes": startByte,
        "map.spills": report.spills,
        "map.spilled_bytes": spills.bytes,
      },
      problems: tally.problems,
      skipped: report.skipped.map(skippedRecord),
    };
  } catch (error) {
    throw taskErrorOf(error, signs.signal);
  } finally {
    file.close();
  }
}

/** Does a reduce attempt: `write` takes the output, which is its own then. @throws {TaskError} */
export async function reduceBody(
  parts: BodyParts,
  { runs, path }: ReduceBody,
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  signs: BodySigns,
): Promise<ReduceOutcome> {
  const { job, files } = parts;
  let written = 0;
  let lines = 0;
  const alive = (status?: string) => signs.progress(written, lines, status, spills.bytes);
  const spills: TaskSpills = new TaskSpills(files, path, alive);
  const buffer = new LineBuffer();
  const flush = (): Promise<void> => {
    const bytes = buffer.take();
    written += bytes.length;
    return write(bytes as Uint8Array<ArrayBuffer>);
  };
  let cursor: SyncRunCursor | undefined;
  try {
    let places = runs.map(({ source, path, startByte, bytes }): Place => {
      return { name: attemptKey(source), path, startByte, endByte: startByte + bytes };
    });
    while (places.length > FAN_IN) places = mergeDown(places, parts, spills);
    cursor = mergeRuns(openAll(places, files));
    const report = await job.reduce(
      cursor,
      (key, value) => {
        buffer.add(key, value);
        lines++;
        if (buffer.size >= WRITE_BYTES) return flush();
      },
      { signal: signs.signal, alive },
    );
    if (buffer.size > 0) await flush();
    return {
      counters: {
        ...report.counts,
        "reduce.output_lines": lines,
        "reduce.output_bytes": written,
        "reduce.spilled_bytes": spills.bytes,
      },
      skipped: report.skipped.map(skippedRecord),
    };
  } catch (error) {
    if (!(error instanceof RunError)) throw taskErrorOf(error, signs.signal);
    const bad = runs.find(({ source }) => error.message.startsWith(`${attemptKey(source)} `));
    throw new TaskError(error.message, { isWorkers: true, badSource: bad?.source });
  } finally {
    cursor?.close();
  }
}

interface Place {
  readonly name: string;
  readonly path: string;
  readonly startByte: number;
  readonly endByte: number;
}

/** Opens runs; those that are open are closed when one cannot be. */
function openAll(places: readonly Place[], files: TaskFiles): SyncRunCursor[] {
  const cursors: SyncRunCursor[] = [];
  try {
    for (const { name, path, startByte, endByte } of places) {
      const file = files.open(path, startByte, endByte);
      const mostBytes = endByte - startByte;
      cursors.push(new RunReader(file, name, { mostBytes, checksOrder: true }));
    }
    return cursors;
  } catch (error) {
    for (const cursor of cursors) cursor.close();
    throw error;
  }
}

/** Merges neighbours, so that fewer runs are left; their order stays. */
function mergeDown(
  places: readonly Place[],
  { job, files }: BodyParts,
  spills: TaskSpills,
): Place[] {
  const merged: Place[] = [];
  for (let at = 0; at < places.length; at += FAN_IN) {
    const cursor = mergeRuns(openAll(places.slice(at, at + FAN_IN), files));
    const file = spills.create();
    try {
      const writer = new RunWriter(file);
      const combining = combineInto(writer, job.combine);
      while (cursor.next() || cursor.load()) combining.add(cursor);
      combining.flush();
      const { bytes } = writer.finish();
      const path = spills.pathOf(file.id);
      merged.push({ name: `merge ${file.id}`, path, startByte: 0, endByte: bytes });
    } finally {
      cursor.close();
      file.close();
    }
  }
  return merged;
}

function skippedRecord({ input, offset, message }: Skipped): SkippedRecord {
  return {
    ...(input !== undefined && { input }),
    ...(offset !== undefined && { offset }),
    message: message.slice(0, 2000),
  };
}

function taskErrorOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof TaskError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TaskError(message, { isFinal: error instanceof JobError && error.isFinal });
}
