/** The files that `timer ping` writes: samples, and histograms for other tools. */
import { UsageError } from "../config/usage_error.ts";
import type { Files, NewFile } from "../context.ts";
import { histogramLog, percentileText } from "./histogram_log.ts";
import type { Answer } from "./load_client.ts";
import type { Measurement } from "./measurement.ts";
import { SampleFile } from "./sample_file.ts";

/** Which files are wanted. */
export interface PingFileNames {
  /** A CSV file with a line per answer. */
  readonly samples?: string | undefined;
  /** A file that ends in `.hlog` or `.hgrm`. */
  readonly hdr?: string | undefined;
}

/**
 * Files of one run. They are made before it, so that a wrong path is told before it; a run that never
 * begins, since nobody answers, leaves an older one's files alone.
 */
export class PingFiles implements Disposable {
  readonly #samples: SampleFile | undefined;
  readonly #histograms: { readonly file: NewFile; readonly text: HistogramText }[] = [];

  /**
   * Makes the files.
   *
   * @throws {UsageError} when the name of the histogram file says no format
   * @throws {Error} when one cannot be made
   */
  constructor(files: Pick<Files, "create">, { samples, hdr }: PingFileNames) {
    for (const [name, text] of hdr === undefined ? [] : histogramTexts(hdr)) {
      this.#histograms.push({ file: files.create(name), text });
    }
    if (samples !== undefined) this.#samples = new SampleFile(files.create(samples));
  }

  /** The run begins: what the files held before is gone. */
  begin(): void {
    for (const { file } of this.#histograms) file.begin();
    this.#samples?.begin();
  }

  /** Adds an answer to the samples, if they are wanted. `startNs` is the start of the run. */
  add(answer: Answer, startNs: number): void {
    this.#samples?.add(answer, startNs);
  }

  /**
   * Writes what there is at the end.
   *
   * @param startUs start of the run by the wall clock, in microseconds since 1970
   * @throws {Error} when anything could not be written
   */
  finish(measurement: Measurement, startNs: number, startUs: number): void {
    try {
      for (const { file, text } of this.#histograms) {
        file.write(new TextEncoder().encode(text(measurement, startNs, startUs)));
      }
    } finally {
      this.#samples?.finish();
    }
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    for (const { file } of this.#histograms) file.close();
    this.#samples?.[Symbol.dispose]();
  }
}

type HistogramText = (measurement: Measurement, startNs: number, startUs: number) => string;

/** What goes into which file: a log holds all distributions, percentile output one per file. */
function histogramTexts(name: string): [string, HistogramText][] {
  if (name.endsWith(".hlog")) return [[name, histogramLog]];
  if (!name.endsWith(".hgrm")) {
    throw new UsageError(`Cannot write ${name}: the name must end in .hlog or .hgrm`);
  }
  const service = name.replace(/hgrm$/, "service.hgrm");
  return [
    [name, ({ distributions }) => percentileText(distributions.response)],
    [service, ({ distributions }) => percentileText(distributions.service)],
  ];
}
