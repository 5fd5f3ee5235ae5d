/** A user's job where it runs: the thread without permissions, or a test. */
import { CountSet } from "../counts.ts";
import { combinePairs } from "./combine_pairs.ts";
import type { JobDefinition, JobFormats, JobTools } from "./define_job.ts";
import { Emitter } from "./emitter.ts";
import { errorText } from "./error_text.ts";
import { PrintedLines } from "./printed_lines.ts";
import type { DoneHead, MapHead, ReadyHead, ReduceHead } from "./sandbox_frames.ts";
import { MAX_EMITTED_BYTES, packPayload, unpackPayload } from "./sandbox_frames.ts";
import { ValueFeed } from "./value_feed.ts";

/** Failures of one request that are told; of more, it is only said which they are. */
const MAX_TOLD = 100;

type Data = string | Uint8Array;
type Failure = DoneHead["failures"][number];

/** A group whose values are not all here yet. */
interface OpenGroup {
  readonly feed: ValueFeed<Data>;
  /** Resolves when the reducer is through; with what it threw. */
  readonly ended: Promise<{ readonly error?: unknown }>;
  hasEnded: boolean;
}

/** A job that is loaded, and answers requests. */
export class JobModule {
  readonly printed = new PrintedLines();
  readonly #name: string;
  readonly #job: JobDefinition<keyof JobFormats>;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #counts = new CountSet();
  #emitter: Emitter;
  #group: OpenGroup | undefined;
  readonly #tools: JobTools = {
    count: (counter, n = 1) => {
      if (!Number.isSafeInteger(n)) throw new TypeError(`Cannot count ${n}: no whole number`);
      this.#counts.add("job", String(counter), n);
    },
  };

  /**
   * @param name of the file
   * @param job what it exports as default
   * @throws {TypeError} when that is no job
   */
  constructor(name: string, job: unknown) {
    this.#name = name;
    this.#job = checkJob(job);
    this.#emitter = this.#newEmitter(true);
  }

  /** What the job has. */
  get ready(): ReadyHead {
    const { combine, reduce } = this.#job;
    return { combine: kindOf(combine), reduce: kindOf(reduce) };
  }

  /** Answers MAP. */
  async map(payload: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const { head, bytes } = unpackPayload(payload);
    const { inputs, records } = head as MapHead; // our own worker made it
    this.#emitter = this.#newEmitter(true);
    const { pairs } = this.#emitter;
    const failures: Failure[] = [];
    const emit = this.#emitter.emit.bind(this.#emitter);
    let end = 0;
    for (const [at, { i, o, n, f }] of records.entries()) {
      const body = bytes.subarray(end, end += n);
      const size = pairs.size;
      try {
        const decoder = this.#decoder;
        const done = this.#job.map(
          {
            bytes: body,
            get text() {
              return decoder.decode(body);
            },
            input: inputs[i] ?? "",
            offset: o,
            header: (name) => f?.[name.toLowerCase()],
          },
          emit,
          this.#tools,
        );
        if (done !== undefined) await done;
      } catch (error) {
        failures.push({ at, message: errorText(error, this.#name) });
        pairs.truncate(size);
      }
      if (this.#emitter.isTooMuch) break;
    }
    return this.#done(failures, this.#combined());
  }

  /** Answers REDUCE. */
  async reduce(payload: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const { head, bytes } = unpackPayload(payload);
    const { pieces } = head as ReduceHead; // our own worker made it
    this.#emitter = this.#newEmitter(false);
    const { pairs } = this.#emitter;
    const failures: Failure[] = [];
    let end = 0;
    for (const [at, { k, v, first, last }] of pieces.entries()) {
      const size = pairs.size;
      const key = bytes.subarray(end, end += k);
      const values = v.map((length) => this.#given(bytes.subarray(end, end += length)));
      if (first) this.#group = this.#open(key);
      const error = await this.#feed(values, last);
      if (error !== undefined) {
        failures.push({ at, message: errorText(error.error, this.#name) });
        pairs.truncate(size);
      }
      if (this.#emitter.isTooMuch) break;
    }
    return this.#done(failures, pairs.bytes);
  }

  #newEmitter(isMap: boolean): Emitter {
    const { combine, reduce } = this.#job;
    return new Emitter(isMap && (combine === "sum" || reduce === "sum"));
  }

  /** Bytes as the job wants them. */
  #given(bytes: Uint8Array): Data {
    return this.#job.format === "bytes" ? bytes.slice() : this.#decoder.decode(bytes);
  }

  #open(key: Uint8Array): OpenGroup {
    const feed = new ValueFeed<Data>();
    const reduce = this.#job.reduce as Exclude<JobDefinition["reduce"], "sum" | undefined>;
    // Each request has an emitter of its own, and a group may go through several.
    const emit = (a: unknown, b: unknown) => this.#emitter.emit(a, b);
    const run = async () => {
      await reduce(this.#given(key) as string, feed as ValueFeed<string>, emit, this.#tools);
    };
    const group: OpenGroup = {
      feed,
      ended: run().then(() => ({}), (error) => ({ error })),
      hasEnded: false,
    };
    void group.ended.then(() => group.hasEnded = true);
    return group;
  }

  /** @returns what the reducer threw, if it did */
  async #feed(values: readonly Data[], isLast: boolean): Promise<{ error?: unknown } | undefined> {
    const group = this.#group;
    if (group === undefined) return undefined; // it is through, and wants no more
    group.feed.push(values);
    if (isLast) group.feed.end();
    if (!isLast) await Promise.race([group.ended, group.feed.drained()]);
    if (!isLast && !group.hasEnded) return undefined;
    this.#group = undefined;
    const end = await group.ended;
    return "error" in end ? end : undefined;
  }

  #combined(): Uint8Array {
    const { combine } = this.#job;
    const { bytes } = this.#emitter.pairs;
    if (typeof combine !== "function" || this.#emitter.isTooMuch) return bytes;
    const encode = (data: unknown) => this.#emitter.bytesOf(data, "value");
    const combined = combinePairs(bytes, (key, values) => {
      const given = values.map((value) => this.#given(value) as string);
      return Array.from(combine(this.#given(key) as string, given), encode);
    });
    this.#emitter.isTooMuch = combined.length > MAX_EMITTED_BYTES;
    return combined;
  }

  #done(failures: readonly Failure[], pairs: Uint8Array): Uint8Array<ArrayBuffer> {
    const { isTooMuch } = this.#emitter;
    const counts = this.#counts.toCounts();
    this.#counts = new CountSet();
    const told = failures.map(({ at, message }, i) => ({
      at,
      message: i < MAX_TOLD ? message : "not told",
    }));
    const head: DoneHead = { failures: told, isTooMuch, counts, ...this.printed.take() };
    return packPayload(head, isTooMuch ? [] : [pairs]);
  }
}

function kindOf(step: unknown): ReadyHead["combine"] {
  return step === undefined ? "none" : step === "sum" ? "sum" : "function";
}

function checkJob(job: unknown): JobDefinition<keyof JobFormats> {
  if (typeof job !== "object" || job === null || !("map" in job)) {
    throw new TypeError("it exports no job: export default defineJob({ map … }) is right");
  }
  const { map, combine, reduce, format } = job as Record<string, unknown>;
  if (typeof map !== "function") throw new TypeError("map is no function");
  for (const [name, step] of Object.entries({ combine, reduce })) {
    if (step === undefined || step === "sum" || typeof step === "function") continue;
    throw new TypeError(`${name} is neither a function nor "sum"`);
  }
  if (![undefined, "text", "bytes"].includes(format as string | undefined)) {
    throw new TypeError('format is neither "text" nor "bytes"');
  }
  return job as JobDefinition<keyof JobFormats>;
}
