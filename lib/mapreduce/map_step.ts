import { ExitCode } from "../config/exit_code.ts";
import type { RunContext } from "../context.ts";
import { safeText } from "../terminal/safe_text.ts";
import { FORMAT_BYTES, formatOf } from "./input/format_of.ts";
import { readPieces } from "./input/read_pieces.ts";
import { readRecords } from "./input/read_records.ts";
import { ReadTally } from "./input/read_tally.ts";
import { isLoss } from "./input/problem.ts";
import type { JobFlags } from "./jobs/describe_job.ts";
import { openJob } from "./jobs/open_job.ts";
import type { MapInput } from "./jobs/running_job.ts";
import { LineOutput } from "./jobs/step/line_output.ts";
import { reportStep, stepSigns } from "./jobs/step/report_step.ts";
import { stepJob } from "./jobs/step/step_job.ts";
import { StreamSource } from "./jobs/step/stream_source.ts";
import { untilClosed } from "./jobs/step/until_closed.ts";

/** Memory of a step, in bytes. */
export const STEP_MEMORY_BYTES = 256 * 1024 * 1024;

/** Name of the input in messages, and of the document that its lines are. */
const INPUT_NAME = "standard input";

/**
 * `tram mapreduce map`: the mapper of a job by the contract of Hadoop Streaming. Standard input is text,
 * WARC or gzip of either, as its bytes say; lines of `key TAB value` go to standard output.
 */
export function mapStep(context: RunContext, flags: JobFlags): Promise<ExitCode> {
  return untilClosed(() => runStep(context, flags));
}

async function runStep(context: RunContext, flags: JobFlags): Promise<ExitCode> {
  const { signal, clock, process: { stderr } } = context;
  const description = await stepJob(context, flags);
  if (description === undefined) return ExitCode.Usage;
  const pipe = await context.bytePipe();
  const parts = { kernel: "wasm", memoryBytes: STEP_MEMORY_BYTES, clock } as const;
  await using job = await openJob(description, { ...parts, spawner: await context.spawner() });
  await using source = new StreamSource(pipe.read(signal));
  const { format, isGzip } = formatOf("", (await source.head()).subarray(0, FORMAT_BYTES));
  const split = {
    ...{ input: 0, startByte: 0, format, isGzip },
    get endByte() {
      return source.size;
    },
  };
  const output = new LineOutput(pipe);
  const tally = new ReadTally();
  const options = { tally, signal };
  const input: MapInput = {
    records: () => flushing(readRecords(split, source, options), output),
    pieces: () => flushing(readPieces(split, source, options), output),
    nameOf: () => INPUT_NAME,
  };
  const report = await job.map(
    input,
    (key, value) => void output.add(key, value),
    stepSigns(context),
  );
  await output.flush();
  if (signal.aborted) return ExitCode.Interrupted;
  // Nothing to read at all is no mistake here: a pipe may be empty.
  const problems = source.size === 0 ? [] : tally.problems;
  for (const { offset, message } of problems) {
    stderr.write(`tram: ${INPUT_NAME} at byte ${offset}: ${safeText(message)}\n`);
  }
  reportStep(context, report, {
    ...{ "records": tally.records, "skipped WARC records": tally.skippedRecords },
    ...{ "problems of input": problems.length, "lines written": output.lines },
  });
  return problems.some(isLoss) || report.skipped.length > 0 ? ExitCode.Partial : ExitCode.Done;
}

/** Waits with more input until the output of what came before is written. */
async function* flushing<T>(batches: AsyncIterable<T>, output: LineOutput): AsyncGenerator<T> {
  for await (const batch of batches) {
    yield batch;
    await output.flush();
  }
}
