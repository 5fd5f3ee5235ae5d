/** What a map attempt reads: its splits, one after the other, from copies or from the coordinator. */
import { InputError, type InputSource } from "../input/input_source.ts";
import { readPieces } from "../input/read_pieces.ts";
import { readRecords } from "../input/read_records.ts";
import { ReadTally } from "../input/read_tally.ts";
import type { Split } from "../input/split.ts";
import type { MapInput } from "../jobs/running_job.ts";
import { TaskError, type TaskInput } from "./task_runner.ts";

/** Opens what an input is read from. @throws {InputError} */
export type OpenTaskInput = (input: TaskInput) => Promise<InputSource>;

/** The splits of one map attempt. */
export class TaskInputs implements MapInput {
  readonly tally: ReadTally = new ReadTally();
  readonly #splits: readonly Split[];
  readonly #inputs: ReadonlyMap<number, TaskInput>;
  readonly #open: OpenTaskInput;
  readonly #signal: AbortSignal;

  /** @param open is called once for splits of one input that follow each other */
  constructor(
    splits: readonly Split[],
    inputs: readonly TaskInput[],
    open: OpenTaskInput,
    signal: AbortSignal,
  ) {
    this.#splits = splits;
    this.#inputs = new Map(inputs.map((found) => [found.input.number, found]));
    this.#open = open;
    this.#signal = signal;
  }

  records(): ReturnType<MapInput["records"]> {
    return this.#read(readRecords);
  }

  pieces(): ReturnType<MapInput["pieces"]> {
    return this.#read(readPieces);
  }

  nameOf(input: number): string {
    return this.#inputs.get(input)?.input.name ?? `input ${input}`;
  }

  async *#read<T>(
    read: (
      split: Split,
      source: InputSource,
      options: { readonly tally: ReadTally; readonly signal: AbortSignal },
    ) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    let input: TaskInput | undefined;
    let source: InputSource | undefined;
    try {
      for (const split of this.#splits) {
        const next = this.#inputs.get(split.input);
        if (next === undefined) throw new TaskError(`The job has no input ${split.input}`);
        if (next !== input) {
          await source?.[Symbol.asyncDispose]();
          source = undefined;
          input = next;
        }
        source ??= await this.#open(next);
        yield* read(split, source, { tally: this.tally, signal: this.#signal });
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { path } = input ?? {};
      // A copy that has become bad is the worker's trouble; others, or the coordinator, have a good one.
      const where = path ?? input?.input.name ?? "the input";
      throw new TaskError(`${where}: ${error.message}`, { isWorkers: path !== undefined });
    } finally {
      await source?.[Symbol.asyncDispose]();
    }
  }
}
