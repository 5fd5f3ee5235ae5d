/** Child processes that never outlive the bench. */
import { TextLineStream } from "./text_lines.ts";

const running = new Set<Deno.ChildProcess>();

/** Starts a program and remembers it until it ends. */
function spawn(program: string, options: Deno.CommandOptions): Deno.ChildProcess {
  const child = new Deno.Command(program, { stdin: "null", stdout: "piped", ...options }).spawn();
  running.add(child);
  child.status.finally(() => running.delete(child));
  return child;
}

function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Ends all children that still run, each by its id: for a bench that is interrupted. */
export function endChildren(): void {
  for (const child of running) end(child);
}

/** A child process whose standard output is read line by line. Disposing of it ends it. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #name: string;

  /** Starts `program`. */
  constructor(program: string, args: readonly string[]) {
    this.#name = [program, ...args].join(" ");
    this.#process = spawn(program, { args: [...args], stderr: "inherit" });
    this.#lines = this.#process.stdout.pipeThrough(new TextLineStream()).getReader();
  }

  /** Its number. */
  get pid(): number {
    return this.#process.pid;
  }

  /**
   * The next line of its output.
   *
   * @throws {Error} when it ends first, or says nothing for `timeoutMs`
   */
  async line(timeoutMs: number): Promise<string> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`Cannot wait longer for "${this.#name}": ${timeoutMs} ms`)),
      timeoutMs,
    );
    try {
      const { value, done } = await Promise.race([this.#lines.read(), late.promise]);
      if (done) throw new Error(`Cannot read from "${this.#name}": it ended`);
      return value;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    end(this.#process);
    await this.#lines.cancel().catch(() => {});
    await this.#process.status;
  }
}

/** What a finished program left behind. */
export interface Finished {
  readonly isSuccess: boolean;
  readonly output: string;
}

/** Runs a program to its end, or for `timeoutMs`. Never throws: a missing program has failed. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly cwd?: string },
): Promise<Finished> {
  try {
    const { success, stdout, stderr } = await spawn(program, {
      args: [...args],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stderr: "piped",
      signal: AbortSignal.timeout(options.timeoutMs),
    }).output();
    const decoder = new TextDecoder();
    return { isSuccess: success, output: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (cause) {
    return { isSuccess: false, output: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Arguments that run a module of this folder with the Deno that runs this one. */
export function denoRun(module: string, ...args: readonly (string | number)[]): string[] {
  const path = new URL(module, import.meta.url).pathname;
  return ["run", "--allow-all", "--quiet", decodeURIComponent(path), ...args.map(String)];
}
