/** A job whose output shows any value that is lost, doubled or out of order: where each word stands. */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Clock } from "../../../lib/clock/clock.ts";
import { sleep } from "../../../lib/clock/sleep.ts";
import type { Input } from "../../../lib/mapreduce/input/input.ts";
import type { MapTask } from "../../../lib/mapreduce/input/split.ts";
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import type { Folder } from "../../../lib/mapreduce/engine/folder.ts";
import type { JobPlan } from "../../../lib/mapreduce/engine/job_plan.ts";
import type { RunPart } from "../../../lib/mapreduce/engine/messages.ts";
import {
  type MapWork,
  type ReduceWork,
  TaskError,
  type TaskHandle,
  type TaskRunner,
} from "../../../lib/mapreduce/engine/task_runner.ts";
import { partitionOf } from "../../../lib/mapreduce/kernel/partition_of.ts";

/** Bytes that are asked for and written at once. */
const READ_BYTES = 7000;
const WRITE_BYTES = 5000;

type Entry = readonly [word: string, place: string];

/** Texts as inputs, one map task each. */
export function toyPlan(texts: readonly string[], partitions: number): JobPlan {
  const inputs = texts.map((text, number): Input => ({
    ...{ number, name: `/texts/${number}`, kind: "file", size: text.length, format: "text" },
    ...{ isGzip: false, identity: { kind: "hashes", head: `${number}`, tail: `${text.length}` } },
  }));
  const tasks = inputs.map(({ number, size }): MapTask => ({
    number,
    splits: [{ input: number, startByte: 0, endByte: size, format: "text", isGzip: false }],
  }));
  return { job: `{"toy":true}`, inputs, tasks, partitions, onError: "fail" };
}

function entriesOf(text: string, input: number): Entry[] {
  const entries: Entry[] = [];
  for (const { 0: word, index } of text.matchAll(/\S+/g)) entries.push([word, `${input}:${index}`]);
  return entries;
}

function bringTogether(entries: readonly Entry[]): string {
  const places = new Map<string, string[]>();
  for (const [word, place] of entries) {
    const list = places.get(word);
    if (list === undefined) places.set(word, [place]);
    else list.push(place);
  }
  const words = [...places.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return words.map((word) => `${word}\t${places.get(word)?.join(",")}\n`).join("");
}

/** What the output must be: the plain way to it. */
export function toyOracle(texts: readonly string[], partitions: number): string[] {
  const all = texts.flatMap((text, input) => entriesOf(text, input));
  return Array.from({ length: partitions }, (_, partition) =>
    bringTogether(
      all.filter(([word]) => partitionOf(Buffer.from(word), partitions) === partition),
    ));
}

/** What a toy runner does apart from its work. */
export interface ToyOptions {
  readonly clock: Clock;
  readonly partitions: number;
  /** Files that the machine has, by path. */
  readonly copies: ReadonlyMap<string, string>;
  /** How long an attempt takes, in milliseconds; `hang`: for ever. May throw. */
  readonly plan?: (name: AttemptName) => number | "hang";
}

/** Runs the job in this thread. */
export class ToyRunner implements TaskRunner {
  /** Attempts that were started. */
  readonly started: AttemptName[] = [];
  running = 0;
  mostRunning = 0;
  readonly #options: ToyOptions;

  constructor(options: ToyOptions) {
    this.#options = options;
  }

  runMap(work: MapWork, handle: TaskHandle) {
    return this.#run(work.name, handle, async () => {
      const entries: Entry[] = [];
      for (const { input, startByte, endByte } of work.splits) {
        const found = work.inputs.find((known) => known.input.number === input);
        const text = found?.path === undefined
          ? new TextDecoder().decode(await readAll(handle, input, startByte, endByte))
          : this.#options.copies.get(found.path);
        if (text === undefined) throw new TaskError(`Cannot read input ${input}`);
        entries.push(...entriesOf(text, input));
      }
      const parts = await writeRuns(work, entries, this.#options.partitions);
      return { parts, counters: { "map.words": entries.length }, problems: [], skipped: [] };
    });
  }

  runReduce(work: ReduceWork, handle: TaskHandle) {
    return this.#run(work.name, handle, async () => {
      const entries: Entry[] = [];
      for (const { file, startByte, bytes } of work.runs) {
        const reader = await work.folder.open(file);
        const run = await reader?.read(startByte, bytes);
        reader?.close();
        entries.push(...JSON.parse(new TextDecoder().decode(run)) as Entry[]);
      }
      const output = Buffer.from(bringTogether(entries));
      for (let at = 0; at < output.length; at += WRITE_BYTES) {
        await handle.write(output.subarray(at, at + WRITE_BYTES));
      }
      return { counters: { "reduce.values": entries.length }, skipped: [] };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #run<T>(name: AttemptName, handle: TaskHandle, run: () => Promise<T>): Promise<T> {
    this.started.push(name);
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      const takesMs = this.#options.plan?.(name) ?? 100;
      handle.progress(1, 1);
      if (takesMs === "hang") await untilAborted(handle.signal);
      else await sleep(this.#options.clock, takesMs, handle.signal);
      return await run();
    } finally {
      this.running--;
    }
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function readAll(
  handle: TaskHandle,
  input: number,
  startByte: number,
  endByte: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let at = startByte; at < endByte;) {
    const bytes = await handle.readInput(input, at, Math.min(READ_BYTES, endByte - at));
    if (bytes.length === 0) throw new TaskError(`Input ${input} is cut`);
    pieces.push(bytes);
    at += bytes.length;
  }
  return Buffer.concat(pieces);
}

async function writeRuns(
  { folder, file: name }: { readonly folder: Folder; readonly file: string },
  entries: readonly Entry[],
  partitions: number,
): Promise<RunPart[]> {
  const parts: RunPart[] = [];
  const file = await folder.create(name);
  let startByte = 0;
  for (let partition = 0; partition < partitions; partition++) {
    const own = entries.filter(([word]) =>
      partitionOf(Buffer.from(word), partitions) === partition
    );
    const bytes = Buffer.from(JSON.stringify(own));
    await file.write(bytes);
    parts.push({ startByte, bytes: bytes.length, records: own.length, crc32: crc32(bytes) });
    startByte += bytes.length;
  }
  file.close();
  return parts;
}
