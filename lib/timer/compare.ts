import { ExitCode } from "../config/exit_code.ts";
import { UsageError } from "../config/usage_error.ts";
import type { TramContext } from "../context.ts";
import { styleFor } from "../terminal/style.ts";
import { compareRuns } from "./compare_runs.ts";
import { type Comparison, comparisonJson, comparisonText } from "./compare_report.ts";
import { type HistogramLog, readHistogramLog } from "./read_histogram_log.ts";

/** Flags and arguments of `tram timer compare`. */
export interface CompareFlags {
  readonly a: string;
  readonly b: string;
  readonly tag?: string | undefined;
  readonly json: boolean;
}

/** Distribution that is compared unless somebody says otherwise. */
const DEFAULT_TAG = "response";

/** Longest log that is read: its text has to fit into memory. */
const MAX_LOG_BYTES = 256 * 1024 * 1024;

/** `tram timer compare`: says whether two runs differ. */
export async function compare(context: TramContext, flags: CompareFlags): Promise<ExitCode> {
  const { stdout } = context.process;
  const a = await readLog(context, flags.a);
  const b = await readLog(context, flags.b);
  const tag = flags.tag ?? commonTag(a, b);
  const [slicesA, slicesB] = [slicesOf(a, tag, flags.a), slicesOf(b, tag, flags.b)];
  const comparison: Comparison = {
    a: flags.a,
    b: flags.b,
    tag,
    slicesA,
    slicesB,
    isInNanoseconds: a.isInNanoseconds && b.isInNanoseconds,
    percentiles: compareRuns(slicesA, slicesB),
  };
  stdout.write(
    flags.json
      ? `${comparisonJson(comparison)}\n`
      : comparisonText(comparison, stdout.columns, styleFor(stdout)),
  );
  return ExitCode.Done;
}

async function readLog({ files }: TramContext, path: string): Promise<HistogramLog> {
  const text = await files.readText(path, MAX_LOG_BYTES);
  if (text === undefined) throw new UsageError(`Cannot read ${path}: there is no such file`);
  return readHistogramLog(text, path);
}

/** The tag that both have, if it is clear which. */
function commonTag(a: HistogramLog, b: HistogramLog): string {
  const common = [...a.slices.keys()].filter((tag) => b.slices.has(tag));
  const [first, ...others] = common;
  if (common.includes(DEFAULT_TAG)) return DEFAULT_TAG;
  if (first !== undefined && others.length === 0) return first;
  const list = (log: HistogramLog) => [...log.slices.keys()].map((tag) => `"${tag}"`).join(", ");
  throw new UsageError(
    first === undefined
      ? `Cannot compare: no tag is in both; the first has ${list(a)}, the second ${list(b)}`
      : `Cannot compare without --tag: both have ${common.map((tag) => `"${tag}"`).join(", ")}`,
  );
}

function slicesOf({ slices }: HistogramLog, tag: string, name: string) {
  const found = slices.get(tag);
  if (found !== undefined) return found;
  const tags = [...slices.keys()].map((each) => `"${each}"`).join(", ");
  throw new UsageError(`Cannot find tag "${tag}" in ${name}: it has ${tags}`);
}
