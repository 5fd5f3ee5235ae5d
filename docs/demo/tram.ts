/** What the scripts of the demo have in common: they run tram, and say what they do. */
const CLI = `${import.meta.dirname}/../../cli.ts`;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How long something may take to happen, in milliseconds: many times what it needs. */
const PATIENCE_MS = 30_000;

/** The run's folder, and what else the launch file gives a script. */
export const [folder = ".", ...given] = Deno.args;

/** Says a line, or several. */
export function say(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

/** Says lines further right. */
export function sayLines(lines: readonly string[]): void {
  say(lines.map((line) => `  ${line}`).join("\n") + "\n");
}

/** Waits for some milliseconds. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function tram(stdin: "null" | "piped", args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    ...{ stdin, stdout: "piped", stderr: "piped", cwd: folder },
    args: ["run", "-A", CLI, ...args],
    env: { TRAM_CONFIG_DIR: folder, TRAM_STATE_DIR: folder },
  });
}

/**
 * Runs tram to its end, and shows what it printed.
 *
 * @param good exit codes that are no failure
 */
export async function show(args: readonly string[], good: readonly number[] = [0]): Promise<void> {
  const { code, stdout, stderr } = await tram("null", args).output();
  say(`$ tram ${args.join(" ")}\n${decoder.decode(stderr)}${decoder.decode(stdout)}`);
  if (!good.includes(code)) Deno.exitCode = code;
}

/** A tram that is talked to: what it prints is kept, line by line, and what is typed reaches it. */
export class Talker {
  readonly lines: string[] = [];
  readonly process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  /** Called at each new line. */
  onLine: (line: string) => void = () => {};

  constructor(...args: string[]) {
    this.process = tram("piped", args).spawn();
    this.#input = this.process.stdin.getWriter();
    const { stdout, stderr } = this.process;
    this.#reading = Promise.all([stdout, stderr].map((stream) => this.#read(stream)));
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        this.lines.push(line);
        this.onLine(line);
      }
    }
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.#input.write(encoder.encode(`${line}\n`));
  }

  /** Waits until a line matches. @throws {Error} when none ever does */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(10)) {
      for (const line of this.lines) {
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
    }
    throw new Error(`waited in vain for ${pattern} in:\n${this.lines.join("\n")}`);
  }

  /** Nothing more is typed: a client leaves when all is delivered. */
  async leave(): Promise<void> {
    await this.#input.close();
    await this.#reading;
    await this.process.status;
  }

  /** Ends it whatever it does. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#input.abort().catch(() => {});
    await this.process.status;
  }
}
