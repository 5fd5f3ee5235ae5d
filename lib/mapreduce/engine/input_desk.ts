/** Sends bytes of inputs to workers that have no copy of their own. */
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

/** Opens an input as the coordinator has it. @throws {InputError} */
export type OpenInput = (input: Input, signal: AbortSignal) => Promise<InputSource>;

interface WantedInput {
  /** `undefined`: it is opened when it is read. */
  source: InputSource | undefined;
  /** Ends when the reads so far are answered: one after the other. */
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

  /** A desk with nothing on it. */
  constructor(inputs: readonly Input[], openInput: OpenInput) {
    this.#inputs = inputs;
    this.#openInput = openInput;
  }

  /** A worker asks for bytes; the answer follows. */
  read(line: WorkerLine, request: ReadInput): void {
    if (this.#over.signal.aborted) return;
    const wanted = this.#take(request.input);
    wanted.waiting++;
    wanted.last = wanted.last.then(() => this.#answer(line, request, wanted)).finally(() => {
      wanted.waiting--;
      this.#tidy();
    });
  }

  /** Ends reads that are under way: a server may be silent for long. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort(new DOMException("the job is over", "AbortError"));
    for (const wanted of this.#wanted.values()) {
      await wanted.last;
      await close(wanted);
    }
    this.#wanted.clear();
  }

  async #answer(line: WorkerLine, request: ReadInput, wanted: WantedInput): Promise<void> {
    const { id, input, offset, length } = request;
    const { signal } = this.#over;
    try {
      const source = wanted.source ??= await this.#open(input);
      const bytes = await source.read(offset, Math.min(length, MAX_READ_BYTES), signal);
      if (!await line.post.pieces(data, [id], bytes)) return;
      this.sentBytes += bytes.length;
      await line.post.bulk(dataEnd, { id, bytes: bytes.length });
    } catch (error) {
      await close(wanted); // who comes next tries anew
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
      await line.post.bulk(dataEnd, { id, bytes: 0, failure: { code, message } });
    }
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
