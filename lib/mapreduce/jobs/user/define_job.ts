/** Jobs of a user's own: `tram mapreduce run --job FILE.ts`. */

/** What can be emitted: bytes as they are, texts as UTF-8, whole numbers in decimal digits. */
export type JobData = string | number | bigint | Uint8Array;

/** Emits a key and a value; they are copied. */
export type JobEmit = (key: JobData, value: JobData) => void;

/** What a mapper is given: a `conversion` record of a WARC file, or a line of text. */
export interface JobRecord {
  /** Body of the record, or the line without its LF. */
  readonly bytes: Uint8Array;
  /** The same as text; what is no UTF-8 is U+FFFD. */
  readonly text: string;
  /** Path or URL of the input. */
  readonly input: string;
  /**
   * Where the record begins. WARC: byte of the input as stored; of gzip, byte where the member begins.
   * Text: byte of the unpacked text.
   */
  readonly offset: number;
  /** A field of a WARC record, such as `WARC-Target-URI`, in whatever case; lines have none. */
  header(name: string): string | undefined;
}

/** What else a job may do. */
export interface JobTools {
  /** Adds to a counter, which the report of the run shows. @param n @default {1} */
  count(counter: string, n?: number): void;
}

/** How `combine` and `reduce` are given keys and values. */
export interface JobFormats {
  /** As text; what is no UTF-8 is U+FFFD. */
  readonly text: string;
  /** As bytes, in memory of their own. */
  readonly bytes: Uint8Array;
}

/**
 * A job. It is loaded on each worker into a process of its own, where a thread without any permission
 * runs it: no files, no network, no environment, no other modules. It must give the same for the same
 * record wherever and however often it is run, and keep nothing between records.
 */
export interface JobDefinition<Format extends keyof JobFormats = "text"> {
  /** How `combine` and `reduce` are given keys and values. @default {"text"} */
  readonly format?: Format;
  /** Emits what a record gives. */
  map(record: JobRecord, emit: JobEmit, tools: JobTools): void | Promise<void>;
  /**
   * Makes fewer values of those of a key, before they travel. It is called any number of times with
   * parts of the values, so it must be associative. `sum` adds counts, which are digits.
   * @default none
   */
  readonly combine?:
    | "sum"
    | ((key: JobFormats[Format], values: readonly JobFormats[Format][]) => Iterable<JobData>);
  /**
   * Emits what the values of a key give; they come in (input, offset) order of their records, and are
   * to be read once. `sum` adds counts.
   * @default each value as it is
   */
  readonly reduce?:
    | "sum"
    | ((
      key: JobFormats[Format],
      values: AsyncIterable<JobFormats[Format]>,
      emit: JobEmit,
      tools: JobTools,
    ) => void | Promise<void>);
}

/**
 * A job of one's own, to be exported as default from a file of its own:
 *
 * ```ts
 * import { defineJob } from "tram";
 *
 * export default defineJob({
 *   map({ text }, emit) {
 *     for (const word of text.split(/\s+/)) if (word !== "") emit(word.length, 1);
 *   },
 *   combine: "sum",
 *   reduce: "sum",
 * });
 * ```
 *
 * @returns `job`, with its types checked
 */
export function defineJob<Format extends keyof JobFormats = "text">(
  job: JobDefinition<Format>,
): JobDefinition<Format> {
  return job;
}
