/** Logs of histograms as other tools write them. */
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";

/** One line of a log. */
export interface LogLine {
  readonly values: readonly number[];
  readonly tag?: string;
  /** Significant digits. @default {3} */
  readonly digits?: 1 | 2 | 3 | 4 | 5;
  /** Start, in seconds. @default {1} */
  readonly atSeconds?: number;
}

/** A line without its end. */
export function logLine({ values, tag, digits = 3, atSeconds = 1 }: LogLine): string {
  const histogram = build({ bitBucketSize: 64, numberOfSignificantValueDigits: digits });
  for (const value of values) histogram.recordValue(value);
  const fields = [
    ...(tag === undefined ? [] : [`Tag=${tag}`]),
    atSeconds.toFixed(3),
    "0.100",
    (Math.max(0, ...values) / 1e6).toFixed(3),
    encodeIntoCompressedBase64(histogram),
  ];
  return fields.join(",");
}

/** What other tools write above. */
export const HEADER = [
  "#[Histogram log format version 1.3]",
  "#[BaseTime: 1700000000.000 (seconds since epoch)]",
  "#[StartTime: 1700000000.000 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]",
  '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
];
