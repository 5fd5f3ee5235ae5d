/** Runs jobs in tests: records in, lines out, by the way that a worker goes. */
import { systemClock } from "../../../lib/clock/system_clock.ts";
import type { InputRecord } from "../../../lib/mapreduce/input/record.ts";
import { WarcFields } from "../../../lib/mapreduce/input/warc_fields.ts";
import { BytesSource } from "../kernel/bytes_source.ts";
import { MemorySpillStore } from "../kernel/memory_spill_store.ts";
import { mergeRuns } from "../../../lib/mapreduce/kernel/merge_runs.ts";
import { RunReader } from "../../../lib/mapreduce/kernel/run_reader.ts";
import { LineBuffer } from "../../../lib/mapreduce/jobs/line_buffer.ts";
import { runMapTask } from "../../../lib/mapreduce/jobs/map_task.ts";
import type {
  JobParts,
  MapInput,
  RunningJob,
  TaskSigns,
} from "../../../lib/mapreduce/jobs/running_job.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A record of a test: a line, or a page with fields. */
export type TestRecord = string | { readonly head: string; readonly body: string };

/** Input of a map task: one batch per list. */
export function inputOf(...batches: readonly (readonly TestRecord[])[]): MapInput {
  let offset = 0;
  const records = batches.map((batch) =>
    batch.map((given): InputRecord => {
      const isLine = typeof given === "string";
      const body = encoder.encode(isLine ? given : given.body);
      const at = offset;
      offset += body.length + 1;
      const fields = isLine
        ? undefined
        : new WarcFields(encoder.encode(`WARC/1.0\r\n${given.head}`));
      return { input: 0, offset: at, body, fields };
    })
  );
  return {
    async *records() {
      yield* records;
    },
    async *pieces() {
      for (const batch of records) yield batch.map(({ body: bytes }) => ({ bytes, isLast: true }));
    },
    nameOf: () => "pages.txt",
  };
}

/** Signs of life that are kept. */
export function keptSigns(signal: AbortSignal = new AbortController().signal) {
  const statuses: string[] = [];
  const signs: TaskSigns = {
    signal,
    alive(status) {
      if (status !== undefined) statuses.push(status);
    },
  };
  return { signs, statuses };
}

/** Parts for jobs that start no programs. */
export const plainParts: JobParts = {
  kernel: "plain",
  memoryBytes: 1024 * 1024,
  clock: systemClock,
  spawner: {
    shell: () => {
      throw new Error("no shell here");
    },
    sandbox: () => {
      throw new Error("no sandbox here");
    },
  },
};

/** Output of a whole job: map tasks, a merge, a reduce task for each partition. */
export async function runJob(
  job: RunningJob,
  tasks: readonly MapInput[],
  { partitions = 2, memoryBytes = 1024 * 1024, signs = keptSigns().signs } = {},
) {
  const runs: Uint8Array[][] = [];
  const maps = [];
  for (const input of tasks) {
    const parts: Uint8Array[][] = Array.from({ length: partitions }, () => []);
    const spills = new MemorySpillStore();
    const output = {
      ...{ partitions, spills },
      sinkOf: (partition: number) => ({
        write: (bytes: Uint8Array) => void parts[partition]?.push(bytes.slice()),
      }),
    };
    maps.push(await runMapTask(job, input, output, { memoryBytes }, signs));
    if (spills.size > 0) throw new Error("spills were left");
    runs.push(parts.map((part) => new Uint8Array(part.flatMap((bytes) => [...bytes]))));
  }
  const reduces = [];
  const outputs: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const cursors = runs.map((parts) => new RunReader(new BytesSource(parts[partition]!)));
    const lines = new LineBuffer();
    reduces.push(await job.reduce(mergeRuns(cursors), (k, v) => lines.add(k, v), signs));
    outputs.push(decoder.decode(lines.take()));
  }
  return { maps, reduces, outputs, lines: outputs.join("").split("\n").filter(Boolean).sort() };
}
