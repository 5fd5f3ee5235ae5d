/** Programs of a soak: read line by line, and each ended by its id. */
import { tramCommand } from "../e2e/processes.ts";
import { fromSource } from "../e2e/root.ts";

const encoder = new TextEncoder();

/** Who listens to a {@linkcode Program}. */
interface ProgramOptions {
  /** Told each line of its standard output. */
  readonly onLine?: (line: string) => void;
  /** Told each line of its standard error. */
  readonly onErrorLine?: (line: string) => void;
  /** Whether it shall say how much of its heap is alive: see `heap_look.ts`. From source only. */
  readonly looksAtHeap?: boolean;
}

/** A running tram. */
export class Program {
  readonly pid: number;
  /** Its exit code, once it has ended and all that it wrote is read. */
  readonly ended: Promise<number>;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #hasEnded = false;

  /** Starts it. Use {@linkcode Programs}. */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cwd: string,
    options: ProgramOptions,
  ) {
    const { command, prefix } = options.looksAtHeap ? lookingCommand() : tramCommand();
    // In a session of its own, so that ^C ends the soak alone, which then ends the others in order;
    // and it goes when the soak is killed. Both replace themselves by tram, so its id is the child's.
    this.#child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", "setsid", command, ...prefix, ...args],
      env: { ...env },
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {}); // it may end before its input does
    const { onLine = () => {}, onErrorLine = () => {} } = options;
    const read = [
      readLines(this.#child.stdout, onLine),
      readLines(this.#child.stderr, onErrorLine),
    ];
    this.ended = Promise.all([this.#child.status, ...read]).then(async ([{ code }]) => {
      this.#hasEnded = true;
      await this.endInput();
      return code;
    });
  }

  /** Whether it runs. */
  get isRunning(): boolean {
    return !this.#hasEnded;
  }

  /** Types a line. One that it does not take, because it has ended, is lost. */
  type(line: string): void {
    this.#input.write(new Uint8Array(encoder.encode(`${line}\n`))).catch(() => {});
  }

  /** Ends its input. */
  async endInput(): Promise<void> {
    await this.#input.close().catch(() => {}); // it is closed already
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    if (this.#hasEnded) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it ended a moment ago
    }
  }

  /** Asks it to end, and makes it after a while. @returns its exit code */
  async stop(signal: Deno.Signal = "SIGINT", graceMs = 20_000): Promise<number> {
    this.kill(signal);
    const timer = setTimeout(() => this.kill("SIGKILL"), graceMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** All programs of a soak; those that run are killed when it is disposed. */
export class Programs implements AsyncDisposable {
  readonly #running = new Set<Program>();
  readonly #env: Readonly<Record<string, string>>;
  readonly #folder: string;

  /** @param folder where they run */
  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#env = env;
  }

  /** Starts tram. */
  start(args: readonly string[], options: ProgramOptions = {}): Program {
    const program = new Program(args, this.#env, this.#folder, options);
    this.#running.add(program);
    program.ended.finally(() => this.#running.delete(program));
    return program;
  }

  /** Kills those that run. */
  kill(): void {
    for (const program of this.#running) program.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await Promise.all([...this.#running].map(({ ended }) => ended));
  }
}

/** Tram as it is started, with `heap_look.ts` ahead where that can be. */
function lookingCommand(): ReturnType<typeof tramCommand> {
  const { command, prefix } = tramCommand();
  const [script, ...before] = prefix.toReversed();
  if (script === undefined) return { command, prefix };
  const look = ["--v8-flags=--expose-gc", "--preload", fromSource("tests/soak/heap_look.ts")];
  return { command, prefix: [...before.toReversed(), ...look, script] };
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
  if (rest !== "") onLine(rest);
}
