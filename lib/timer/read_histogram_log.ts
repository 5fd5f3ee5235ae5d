/** Reads the log format of HdrHistogram: our own logs and those of other tools, V0 to V2. */
import { HistogramLogReader, type JsHistogram } from "hdr-histogram-js";
import { UsageError } from "../config/usage_error.ts";
import { type Recorded, recordedIn } from "./histogram.ts";
import { NANOSECONDS_REMARK } from "./histogram_log.ts";

/** What a log holds. */
export interface HistogramLog {
  /** Slices of time by tag, in their order; a slice without a tag has the tag "". */
  readonly slices: ReadonlyMap<string, readonly (readonly Recorded[])[]>;
  /** Whether values are nanoseconds for sure. */
  readonly isInNanoseconds: boolean;
}

/** What the reader calls a slice that has no tag. */
const NO_TAG = "NO TAG";

/**
 * Reads a log.
 *
 * @param name what to call it in messages
 * @throws {UsageError} when it is none
 */
export function readHistogramLog(text: string, name: string): HistogramLog {
  const slices = new Map<string, Recorded[][]>();
  const reader = new HistogramLogReader(text, 64, false);
  for (;;) {
    let histogram: JsHistogram | null;
    try {
      histogram = reader.nextIntervalHistogram() as JsHistogram | null;
    } catch (cause) {
      const line = reader.currentLineIndex;
      throw new UsageError(`Cannot read ${name}: line ${line} holds no histogram`, { cause });
    }
    if (histogram === null) break;
    if (histogram.totalCount === 0) continue;
    const tag = histogram.tag === NO_TAG ? "" : histogram.tag;
    const known = slices.get(tag) ?? [];
    known.push(recordedIn(histogram));
    slices.set(tag, known);
  }
  if (slices.size === 0) {
    throw new UsageError(
      `Cannot read ${name}: wanted a log of histograms (.hlog), found none in it`,
    );
  }
  return { slices, isInNanoseconds: text.includes(NANOSECONDS_REMARK) };
}
