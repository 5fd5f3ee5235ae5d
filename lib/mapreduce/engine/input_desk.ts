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

interface OpenInput {
  readonly source: Promise<InputSource>;
  /** Ends when the reads so far are answered. */
  last: Promise<unknown>;
  waiting: number;
}

/** Sends bytes of inputs to workers. */
export class InputDesk implements AsyncDisposable {
  /** Bytes that were sent. */
  sentBytes = 0;
  readonly #inputs: readonly Input[];
  readonly #openInput: (input: Input) => Promise<InputSource>;
  readonly #open = new Map<number, OpenInput>();

  /** @param openInput opens an input as the coordinator has it */
  constructor(inputs: readonly Input[], openInput: (input: Input) => Promise<InputSource>) {
    this.#inputs = inputs;
    this.#openInput = openInput;
  }

  /** A worker asks for bytes; the answer follows. */
  read(line: WorkerLine, request: ReadInput): void {
    const open = this.#take(request.input);
    open.waiting++;
    open.last = open.last.then(() => this.#answer(line, request, open)).finally(() => {
      open.waiting--;
      this.#tidy();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const { source, last } of all) {
      await last;
      await close(source);
    }
  }

  async #answer(line: WorkerLine, request: ReadInput, open: OpenInput): Promise<void> {
    const { id, offset, length } = request;
    try {
      const source = await open.source;
      const bytes = await source.read(offset, Math.min(length, MAX_READ_BYTES));
      if (!await line.post.pieces(data, [id], bytes)) return;
      this.sentBytes += bytes.length;
      await line.post.bulk(dataEnd, { id, bytes: bytes.length });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
      await line.post.bulk(dataEnd, { id, bytes: 0, failure: { code, message } });
      this.#open.delete(request.input);
      await close(open.source);
    }
  }

  #take(number: number): OpenInput {
    const known = this.#open.get(number);
    if (known !== undefined) return known;
    const input = this.#inputs[number];
    const source = input === undefined
      ? Promise.reject(new Error(`The job has no input ${number}`))
      : this.#openInput(input);
    source.catch(() => {}); // told to each who asks
    const open = { source, last: Promise.resolve(), waiting: 0 };
    this.#open.set(number, open);
    return open;
  }

  #tidy(): void {
    for (const [number, { source, waiting }] of this.#open) {
      if (this.#open.size <= MAX_OPEN) return;
      if (waiting > 0) continue;
      this.#open.delete(number);
      close(source);
    }
  }
}

async function close(source: Promise<InputSource>): Promise<void> {
  try {
    await (await source)[Symbol.asyncDispose]();
  } catch {
    // It was only read.
  }
}
