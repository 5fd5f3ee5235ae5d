/**
 * Sends bytes of inputs to workers that have no copy of their own. An input is read for one at a time, but
 * nobody waits while somebody else is sent what was read: a worker that takes nothing stops itself alone.
 */
import type { Input } from "../input/input.ts";
import type { InputSource } from "../input/input_source.ts";
import type { ReadInput } from "./messages.ts";
import { mapreduceService } from "./protocol.ts";
import type { WorkerLine } from "./worker_line.ts";

const { data, dataEnd } = mapreduceService.kinds;

/** Most bytes that a worker may ask for at once. */
export const MAX_READ_BYTES = 4 * 1024 * 1024;

/** Inputs that are kept open. */
const MAX_OPEN = 16;

/** Answers that one worker is given at once: each holds so many bytes as are asked for. */
const MAX_ANSWERS = 4;

/** Questions of one worker that may wait. It asks one after the other in each of its at most 4,096 slots. */
const MAX_WAITING = 8192;

/** What one worker has asked for. */
interface Asker {
  answers: number;
  readonly waiting: ReadInput[];
}

/** Opens an input as the coordinator has it. @throws {InputError} */
export type OpenInput = (input: Input, signal: AbortSignal) => Promise<InputSource>;

interface WantedInput {
  /** `undefined`: it is opened when it is read. */
  source: InputSource | undefined;
  /** Ends when the reads so far are done: one after the other. */
  last: Promise<unknown>;
  waiting: number;
}

/** Sends bytes of inputs to workers. */
export class InputDesk implements AsyncDisposable {
  /** Bytes that were sent. */
  sentBytes = 0;
  readonly #inputs: readonly Input[];
  readonly #openInput: OpenInput;
  readonly #wanted = new Map<number, WantedInput>();
  readonly #over = new AbortController();
  readonly #askers = new WeakMap<WorkerLine, Asker>();
  /** Answers that are under way. */
  readonly #busy = new Set<Promise<void>>();

  /** A desk with nothing on it. */
  constructor(inputs: readonly Input[], openInput: OpenInput) {
    this.#inputs = inputs;
    this.#openInput = openInput;
  }

  /** A worker asks for bytes; the answer follows. */
  read(line: WorkerLine, request: ReadInput): void {
    if (this.#over.signal.aborted) return;
    const asker = this.#askers.get(line) ?? { answers: 0, waiting: [] };
    this.#askers.set(line, asker);
    if (asker.waiting.length >= MAX_WAITING) {
      asker.waiting.length = 0;
      return void line.post.connection.abort("mapreduce.flood", "Too many READ wait for an answer");
    }
    asker.waiting.push(request);
    if (asker.answers < MAX_ANSWERS) this.#keep(this.#answerAll(line, asker));
  }

  /** Ends reads that are under way: a server may be silent for long. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort(new DOMException("the job is over", "AbortError"));
    while (this.#busy.size > 0) await Promise.all(this.#busy);
    for (const wanted of this.#wanted.values()) await close(wanted);
    this.#wanted.clear();
  }

  async #answerAll(line: WorkerLine, asker: Asker): Promise<void> {
    asker.answers++;
    for (let request; line.post.connection.isOpen && (request = asker.waiting.shift());) {
      await this.#answer(line, request);
    }
    asker.answers--;
  }

  async #answer(line: WorkerLine, request: ReadInput): Promise<void> {
    const { id } = request;
    try {
      const bytes = await this.#bytes(request);
      if (!await line.post.pieces(data, [id], bytes)) return;
      this.sentBytes += bytes.length;
      await line.post.bulk(dataEnd, { id, bytes: bytes.length });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
      await line.post.bulk(dataEnd, { id, bytes: 0, failure: { code, message } });
    }
  }

  /** Bytes of an input, as a copy of their own: a source shows the next ones in the same place. */
  async #bytes({ input, offset, length }: ReadInput): Promise<Uint8Array> {
    const { signal } = this.#over;
    const wanted = this.#take(input);
    const read = async () => {
      try {
        const source = wanted.source ??= await this.#open(input);
        return (await source.read(offset, Math.min(length, MAX_READ_BYTES), signal)).slice();
      } catch (error) {
        await close(wanted); // who comes next tries anew
        throw error;
      }
    };
    wanted.waiting++;
    const bytes = wanted.last.then(read);
    wanted.last = bytes.catch(() => {}); // told to who asked
    try {
      return await bytes;
    } finally {
      wanted.waiting--;
      this.#tidy();
    }
  }

  #keep(task: Promise<void>): void {
    const kept: Promise<void> = task.finally(() => this.#busy.delete(kept));
    this.#busy.add(kept);
  }

  async #open(number: number): Promise<InputSource> {
    const { signal } = this.#over;
    signal.throwIfAborted();
    const input = this.#inputs[number];
    if (input === undefined) throw new Error(`The job has no input ${number}`);
    return await this.#openInput(input, signal);
  }

  #take(number: number): WantedInput {
    const known = this.#wanted.get(number);
    if (known !== undefined) return known;
    const wanted = { source: undefined, last: Promise.resolve(), waiting: 0 };
    this.#wanted.set(number, wanted);
    return wanted;
  }

  #tidy(): void {
    for (const [number, wanted] of this.#wanted) {
      if (this.#wanted.size <= MAX_OPEN) return;
      if (wanted.waiting > 0) continue;
      this.#wanted.delete(number);
      void close(wanted);
    }
  }
}

async function close(wanted: WantedInput): Promise<void> {
  const { source } = wanted;
  wanted.source = undefined;
  try {
    await source?.[Symbol.asyncDispose]();
  } catch {
    // It was only read.
  }
}
