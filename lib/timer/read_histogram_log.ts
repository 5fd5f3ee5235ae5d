/** Reads the log format of HdrHistogram: our own logs and those of other tools, in its encoding V2. */
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
  const plainText = text.replace(/^\ufeff/, "");
  const isForeign = (line: string) => !/^[#"]|,|^\s*$/.test(line);
  const foreign = plainText.split(/\r\n|\r|\n/).findIndex(isForeign);
  if (foreign >= 0) throw noHistogram(name, foreign + 1); // the reader would skip it in silence
  const reader = new HistogramLogReader(plainText, 64, false);
  for (;;) {
    let histogram: JsHistogram | null;
    try {
      histogram = reader.nextIntervalHistogram(-Infinity) as JsHistogram | null;
    } catch (cause) {
      throw noHistogram(name, reader.currentLineIndex, cause);
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

function noHistogram(name: string, line: number, cause?: unknown): UsageError {
  return new UsageError(
    `Cannot read ${name}: line ${line} holds no histogram (wanted HdrHistogram's encoding V2)`,
    { cause },
  );
}
