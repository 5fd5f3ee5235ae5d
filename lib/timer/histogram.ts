/**
 * The histograms that latencies are kept in: HDR (G. Tene, hdrhistogram.org), nanoseconds, three
 * significant digits, up to one hour. Recording runs in WebAssembly; reading the counts out again
 * does not, since only the plain build can.
 */
import * as hdr from "hdr-histogram-js";

/** Longest latency that is told apart from longer ones, in nanoseconds. */
export const HIGHEST_NS = 3_600_000_000_000;

/** How many samples there are of a value. */
export interface Recorded {
  readonly ns: number;
  readonly count: number;
}

/** Loads what {@linkcode newHistogram} needs; to be awaited once. */
export function prepareHistograms(): Promise<void> {
  return hdr.initWebAssembly();
}

/** An empty histogram. It has memory that `destroy` gives back. */
export function newHistogram(): hdr.WasmHistogram {
  return hdr.build({
    useWebAssembly: true,
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_NS,
    numberOfSignificantValueDigits: 3,
  }) as hdr.WasmHistogram;
}

/** The same counts in the plain build. */
export function plainHistogram(histogram: hdr.Histogram): hdr.JsHistogram {
  const encoded = hdr.encodeIntoCompressedBase64(histogram);
  return hdr.decodeFromCompressedBase64(encoded, 64, false) as hdr.JsHistogram;
}

/** All counts, by ascending value. */
export function recordedIn(histogram: hdr.JsHistogram): Recorded[] {
  const iterator = histogram.recordedValuesIterator;
  const recorded: Recorded[] = [];
  iterator.reset();
  while (iterator.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = iterator.next();
    recorded.push({ ns: valueIteratedTo, count: countAddedInThisIterationStep });
  }
  return recorded;
}
