/** Starts tram as a process, from source or as the executable that `TRAM_BIN` names, and ends it. */
import { fromSource } from "./root.ts";

/** How long a process may take, in milliseconds: many times what it needs. */
const DEADLINE_MS = 60_000;

/** What a process that has ended left. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running tram; ended by its id when disposed. */
export class TramProcess implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly ended: Promise<Ended>;
  readonly #out: ReadableStreamDefaultReader<Uint8Array>;
  #stdout = "";
  #stderr = "";
  #hasEnded = false;
  readonly #waiting: {
    readonly pattern: RegExp;
    readonly resolve: (m: RegExpExecArray) => void;
  }[] = [];

  /** @param shell a program to start instead of tram, with `args` as they are */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    shell?: string,
  ) {
    const { command, prefix } = tramCommand();
    this.child = new Deno.Command(shell ?? command, {
      args: shell === undefined ? [...prefix, ...args] : [...args],
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).spawn();
    this.#out = this.child.stdout.getReader();
    const out = this.#collect(this.#out, (text) => this.#stdout += text);
    const err = this.#collect(this.child.stderr.getReader(), (text) => this.#stderr += text);
    this.ended = Promise.all([this.child.status, out, err]).then(([{ code }]) => {
      this.#hasEnded = true;
      return { code, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** Waits until what it wrote to standard output matches. */
  matching(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ pattern, resolve });
      this.#check();
      this.ended.then(({ code, stderr }) => {
        reject(new Error(`tram ended with ${code} before it wrote ${pattern}: ${stderr}`));
      });
    });
  }

  /** Closes standard output, as `head` does when it has enough. */
  async stopReading(): Promise<void> {
    await this.#out.cancel();
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    if (this.#hasEnded) return;
    try {
      this.child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it ended a moment ago
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended;
  }

  async #collect(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    add: (text: string) => void,
  ): Promise<void> {
    const decoder = new TextDecoder();
    for (let part; !(part = await reader.read()).done;) {
      add(decoder.decode(part.value, { stream: true }));
      this.#check();
    }
  }

  #check(): void {
    for (const { pattern, resolve } of this.#waiting) {
      const match = pattern.exec(this.#stdout);
      if (match !== null) resolve(match);
    }
  }
}

/** How to start tram, from whichever folder. */
export function tramCommand(): { readonly command: string; readonly prefix: readonly string[] } {
  const executable = Deno.env.get("TRAM_BIN");
  if (executable) return { command: Deno.realPathSync(executable), prefix: [] };
  return { command: Deno.execPath(), prefix: ["run", "-A", fromSource("cli.ts")] };
}

/** Waits until a server that was started with `--json` has seen `count` clients join. */
export async function joined(server: TramProcess, count: number): Promise<void> {
  await server.matching(new RegExp(`(?:"type":"joined"[^]*){${count}}`));
}

/** Waits until a server that was started with `--json` has seen `count` clients leave. */
export async function left(server: TramProcess, count: number): Promise<void> {
  await server.matching(new RegExp(`(?:"type":"left"[^]*){${count}}`));
}

/** Runs tram to its end. */
export async function runTram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  await using process = new TramProcess(args, env);
  return await process.ended;
}

/** Starts a timer server on a free port and waits until it is ready. */
export async function startServer(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly process: TramProcess; readonly port: string }> {
  const process = new TramProcess(["timer", "serve", "--port", "0", ...args], env);
  const [, port] = await process.matching(/^(?:listening on \S+:|.*"port":)(\d+)\}?\n/);
  return { process, port: port ?? "" };
}

/** Lets real time pass. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Lets a process stand still for `ms`; its sockets stay.
 *
 * @returns how long it did, in milliseconds; rather less than more, since the clock is read inside
 */
export async function suspend(process: TramProcess, ms: number): Promise<number> {
  process.kill("SIGSTOP");
  const fromMs = performance.now();
  await wait(ms);
  const lengthMs = performance.now() - fromMs;
  process.kill("SIGCONT");
  return lengthMs;
}

/** Memory of a process that is in RAM now, in bytes; 0 when it has ended. Linux only. */
export function rssBytes({ child }: TramProcess): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** Makes a folder, and removes it when `body` is done. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "tram-test-" });
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
