/**
 * Distributions as files that other tools read: the log format of HdrHistogram (`.hlog`, version 1.3,
 * V2 compressed histograms, one tag per distribution) and its percentile output (`.hgrm`).
 */
import { HistogramLogWriter } from "hdr-histogram-js";
import type { Latencies } from "./latencies.ts";
import { DISTRIBUTIONS, type Measurement } from "./measurement.ts";

/** Says in a log what its values are. */
export const NANOSECONDS_REMARK = "values in nanoseconds";

/** Reporting points per halving of the distance to 100 %, as HdrHistogram's tools have it. */
const TICKS_PER_HALF_DISTANCE = 5;

/**
 * A log: for each slice of time a line per distribution. Values are nanoseconds.
 *
 * @param startNs start of the run by the monotonic clock, in nanoseconds
 * @param startUs the same moment by the wall clock, in microseconds since 1970
 */
export function histogramLog(measurement: Measurement, startNs: number, startUs: number): string {
  let text = "";
  const writer = new HistogramLogWriter((line) => text += line);
  writer.outputLogFormatVersion();
  writer.outputComment(`tram timer ping; ${NANOSECONDS_REMARK}`);
  // The writer's own line of this ends in an empty one, which not every reader takes.
  const seconds1970 = (startUs / 1e6).toFixed(3);
  const date = new Date(startUs / 1000).toISOString();
  writer.outputComment(`[StartTime: ${seconds1970} (seconds since epoch), ${date}]`);
  writer.outputLegend();
  const seconds = (ns: number) => startUs / 1e6 + (ns - startNs) / 1e9;
  for (const name of DISTRIBUTIONS) {
    for (const { fromNs, toNs, histogram } of measurement.distributions[name].slices) {
      histogram.tag = name;
      writer.outputIntervalHistogram(histogram, seconds(fromNs), seconds(toNs), 1e6);
    }
  }
  return text;
}

/** The percentiles of one distribution, in microseconds. */
export function percentileText(latencies: Latencies): string {
  return latencies.plain().outputPercentileDistribution(TICKS_PER_HALF_DISTANCE, 1000, false);
}
