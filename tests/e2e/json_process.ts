/** A tram with `--json` whose input is a pipe: types lines into it, and waits for what it says. */
import { type Ended, tramCommand } from "./processes.ts";

/** How long a process may take, in milliseconds: many times what it needs. */
const LIFE_MS = 120_000;

/** How long an event may take to come, in milliseconds. */
const EVENT_MS = 20_000;

const encoder = new TextEncoder();

/** What programs write, one per line. */
export interface JsonEvent {
  readonly type: string;
}

/** Those of one type. */
type Of<E extends JsonEvent, T extends E["type"]> = E extends { readonly type: infer U }
  ? T extends U ? E : never
  : never;

interface Waiting<E> {
  readonly isIt: (event: E) => boolean;
  readonly resolve: (event: E) => void;
}

/** A running tram; killed by its id when disposed. */
export class JsonProcess<E extends JsonEvent> implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  /** Resolves when it has ended and all that it wrote is read. */
  readonly ended: Promise<Ended>;
  /** What it has written so far. */
  readonly events: E[] = [];
  /** Lines that are no JSON, such as those of a client without `--json`. */
  readonly lines: string[] = [];
  stdout = "";
  stderr = "";
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #waiting = new Set<Waiting<E>>();
  #hasEnded = false;
  #mayRead = Promise.resolve();

  /** @param program what to run instead of tram, with arguments that stand before `args` */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    program: { readonly command: string; readonly prefix: readonly string[] } = tramCommand(),
  ) {
    const { command, prefix } = program;
    this.child = new Deno.Command(command, {
      args: [...prefix, ...args],
      env: { NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(LIFE_MS),
    }).spawn();
    this.#input = this.child.stdin.getWriter();
    this.#input.closed.catch(() => {}); // it may end before its input does
    let rest = "";
    const out = this.#read(this.child.stdout, (text) => {
      this.stdout += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    });
    const err = this.#read(this.child.stderr, (text) => this.stderr += text);
    this.ended = Promise.all([this.child.status, out, err]).then(async ([{ code }]) => {
      this.#hasEnded = true;
      await this.endInput();
      return { code, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Types a line, or several with `\n` between them. */
  async type(text: string): Promise<void> {
    try {
      await this.#input.write(new Uint8Array(encoder.encode(`${text}\n`)));
    } catch (error) {
      if (!this.#hasEnded && !(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }

  /** Ends its input. */
  async endInput(): Promise<void> {
    await this.#input.close().catch(() => {}); // it is closed already
  }

  /** What it has written of one type. */
  of<T extends E["type"]>(type: T): Of<E, T>[] {
    return this.events.filter((event): event is Of<E, T> => event.type === type);
  }

  /**
   * Waits for an event, also one that has come already.
   *
   * @param from number of events that do not count: `events.length` for only what comes now
   */
  async event<T extends E["type"]>(
    type: T,
    isIt: (event: Of<E, T>) => boolean = () => true,
    from = 0,
  ): Promise<Of<E, T>> {
    const isWanted = (event: E): event is Of<E, T> =>
      event.type === type && isIt(event as Of<E, T>);
    const there = this.events.slice(from).find(isWanted);
    if (there !== undefined) return there;
    const { promise, resolve, reject } = Promise.withResolvers<E>();
    const waiting: Waiting<E> = { isIt: isWanted, resolve };
    this.#waiting.add(waiting);
    const fail = (why: string) => {
      const said = this.events.slice(-5).map((event) => JSON.stringify(event)).join("\n");
      reject(new Error(`${why} before "${type}" ${isIt}; it said last:\n${said}\n${this.stderr}`));
    };
    const timer = setTimeout(() => fail(`${EVENT_MS} ms were over`), EVENT_MS);
    this.ended.then(({ code }) => fail(`tram ended with ${code}`));
    try {
      return await promise as Of<E, T>;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }

  /** Reads nothing that it writes until the function that it gives is called. */
  stopReading(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#mayRead = promise;
    return resolve;
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal = "SIGKILL"): void {
    if (this.#hasEnded) return;
    try {
      this.child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it ended a moment ago
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }

  async #read(
    stream: ReadableStream<Uint8Array>,
    add: (text: string) => void,
  ): Promise<void> {
    const decoder = new TextDecoder();
    for await (const part of stream) {
      add(decoder.decode(part, { stream: true }));
      await this.#mayRead;
    }
  }

  #take(line: string): void {
    const event = parse(line);
    if (event === undefined) {
      this.lines.push(line);
      return;
    }
    this.events.push(event as E);
    for (const { isIt, resolve } of this.#waiting) if (isIt(event as E)) resolve(event as E);
  }
}

function parse(line: string): JsonEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isEvent = typeof value === "object" && value !== null && "type" in value;
    return isEvent ? value as JsonEvent : undefined;
  } catch {
    return undefined;
  }
}
