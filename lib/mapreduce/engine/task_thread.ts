/// <reference lib="deno.worker" />
/** A thread of a worker: does one attempt after the other. `ThreadPool` is the other end. */
import { systemClock } from "../../clock/system_clock.ts";
import { parseJson } from "../../transport/parse_json.ts";
import type { Input } from "../input/input.ts";
import { InputError, type InputSource } from "../input/input_source.ts";
import { openInput } from "../input/open_input.ts";
import { realInputFiles } from "../input/real_input_files.ts";
import { jobDescriptionSchema } from "../jobs/job_description.ts";
import { openJob } from "../jobs/open_job.ts";
import { realSpawner } from "../jobs/real_spawner.ts";
import { type BodyParts, type BodySigns, mapBody, reduceBody } from "./task_body.ts";
import { realTaskFiles } from "./task_files.ts";
import { TaskError } from "./task_runner.ts";
import type { FromThread, ToThread } from "./thread_messages.ts";

/** Time between two signs of life, in milliseconds. */
const PROGRESS_MS = 200;

/** Pieces of output that may wait to be taken. */
const MAX_WAITING_PIECES = 4;

interface Reading {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

let parts: BodyParts | undefined;
let controller: AbortController | undefined;
const readings = new Map<number, Reading>();
let lastId = 0;
let waitingPieces = 0;
let onWritten: (() => void) | undefined;

function tell(message: FromThread, transfer: ArrayBuffer[] = []): void {
  self.postMessage(message, transfer);
}

function take(message: ToThread): void {
  switch (message.type) {
    case "open":
      return void answer(() => open(message));
    case "map":
      return void attempt((parts, signs) =>
        mapBody(parts, message, ({ input, path }) => openSource(input, path, signs.signal), signs)
      );
    case "reduce":
      return void attempt((parts, signs) => reduceBody(parts, message, write, signs));
    case "abort":
      return controller?.abort(new DOMException("not wanted any more", "AbortError"));
    case "bytes":
      readings.get(message.id)?.resolve(message.bytes);
      return void readings.delete(message.id);
    case "no-bytes":
      readings.get(message.id)?.reject(new InputError("unreadable", message.message));
      return void readings.delete(message.id);
    case "written":
      waitingPieces--;
      return onWritten?.();
    case "close":
      return void answer(async () => {
        await parts?.job[Symbol.asyncDispose]();
        return { type: "closed" };
      });
  }
}

async function open(message: ToThread & { readonly type: "open" }): Promise<FromThread> {
  const { partitions, memoryBytes, kernel } = message;
  const description = parseJson(jobDescriptionSchema, message.job, "the job");
  const world = { kernel, memoryBytes, spawner: realSpawner, clock: systemClock };
  parts = { job: await openJob(description, world), partitions, memoryBytes, files: realTaskFiles };
  return { type: "opened" };
}

async function attempt(
  run: (parts: BodyParts, signs: BodySigns) => Promise<(FromThread & { type: "done" })["outcome"]>,
): Promise<void> {
  await answer(async () => {
    if (parts === undefined) throw new TypeError("Cannot run a task: no job is open");
    const { signal } = controller = new AbortController();
    waitingPieces = 0;
    let toldMs = -Infinity;
    const progress: BodySigns["progress"] = (bytes, records, status, spilledBytes) => {
      const nowMs = performance.now();
      if (nowMs - toldMs < PROGRESS_MS && status === undefined) return;
      toldMs = nowMs;
      tell({ type: "progress", bytes, records, status, spilledBytes });
    };
    return { type: "done", outcome: await run(parts, { signal, progress }) };
  });
}

async function answer(run: () => Promise<FromThread>): Promise<void> {
  let message: FromThread;
  try {
    message = await run();
  } catch (error) {
    const { isWorkers, isFinal, badSource } = error instanceof TaskError
      ? error
      : new TaskError("");
    const text = error instanceof Error ? error.message : String(error);
    message = { type: "failed", failure: { message: text, isWorkers, isFinal, badSource } };
  }
  tell(message);
}

/** A copy on the disk, or what the coordinator sends. */
async function openSource(
  input: Input,
  path: string | undefined,
  signal: AbortSignal,
): Promise<InputSource> {
  if (path !== undefined) {
    return await openInput({ ...input, kind: "file", name: path }, realInputFiles, signal);
  }
  return {
    size: input.size,
    read(offset, length) {
      const id = ++lastId;
      tell({ type: "read", id, input: input.number, offset, length });
      return new Promise<Uint8Array>((resolve, reject) => {
        readings.set(id, { resolve, reject });
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Hands output on; waits while much is not taken. */
async function write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  waitingPieces++;
  tell({ type: "output", bytes }, [bytes.buffer]);
  while (waitingPieces >= MAX_WAITING_PIECES) {
    controller?.signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      onWritten = resolve;
      controller?.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}

self.onmessage = ({ data }: MessageEvent<ToThread>) => take(data);
