import type { Clock } from "../../clock/clock.ts";
import type { Input, Output } from "../../context.ts";
import { Prompt } from "../../terminal/prompt.ts";
import { readLines } from "../../terminal/read_lines.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import { MAX_LINE_BYTES } from "../limits.ts";
import type { Reply } from "../messages.ts";
import { completeCommand, type CompletionWords } from "./console_completion.ts";

/** What a {@linkcode ServerConsole} works with. */
export interface ServerConsoleOptions {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly clock: Clock;
  /** Runs a command that begins with `!`, for the console. */
  readonly run: (command: string) => Promise<Reply>;
  /** Names that Tab completes. */
  readonly words: () => CompletionWords;
  /** ^C at the terminal, which is no signal while keys come one by one. */
  readonly onInterrupt: () => void;
  /** A command failed for a defect. */
  readonly onFailure: (error: unknown) => void;
  /** Whether replies are JSON, one per line; there is no prompt then. @default {false} */
  readonly isJson?: boolean | undefined;
}

const TOO_LONG: Reply = {
  command: "",
  isDone: false,
  lines: [`Cannot do this: a line has at most ${MAX_LINE_BYTES} bytes`],
};

/**
 * The console of a server: each line is a command, or something to say to everybody.
 *
 * On a terminal there is a prompt, and what is written to `output` goes above it. Otherwise lines are
 * read to the end of the input; the console ends then, and the server goes on. Commands are run one
 * after the other; `!!` at the start says a text that begins with `!`.
 */
export class ServerConsole implements AsyncDisposable {
  /** The prompt, on a terminal: for its status. */
  readonly prompt: Prompt | undefined;
  /** Where the server writes what goes by. */
  readonly output: Output;
  /** Resolves when no more commands come. */
  readonly done: Promise<void>;
  readonly #options: ServerConsoleOptions;
  readonly #ending = new AbortController();
  /** Ends when the last command on a terminal has. */
  #tail: Promise<void> = Promise.resolve();

  /** Begins to read. */
  constructor(options: ServerConsoleOptions) {
    this.#options = options;
    const { stdin, stdout, clock, words, onInterrupt, isJson = false } = options;
    if (stdin.isTerminal && stdout.isTerminal && !isJson) {
      this.prompt = new Prompt({
        stdin,
        output: stdout,
        clock,
        onInterrupt,
        maxLineBytes: MAX_LINE_BYTES,
        complete: (text, cursor) => completeCommand(text, cursor, words()),
        onEnd: () => this.output.write("^D does not end the server: !shutdown does\n"),
        onLine: (line) => {
          this.output.write(`> ${safeText(line)}\n`);
          this.#tail = this.#tail.then(() => this.#take(line));
        },
      });
      this.prompt.setLabel("> ");
    }
    this.output = this.prompt ?? stdout;
    this.done = this.#read();
  }

  /** Ends it, and waits for the command that runs; the server may go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.prompt?.[Symbol.dispose]();
    await this.done;
  }

  async #read(): Promise<void> {
    try {
      if (this.prompt !== undefined) {
        await this.prompt.done;
        await this.#tail;
        return;
      }
      let isCut = false;
      const limits = { maxLineBytes: MAX_LINE_BYTES, onCut: () => void (isCut = true) };
      for await (const line of readLines(this.#options.stdin, this.#ending.signal, limits)) {
        // Half of a command may be another command.
        if (isCut) this.#show(TOO_LONG);
        else await this.#take(line);
        isCut = false;
        if (this.#ending.signal.aborted) return;
      }
    } catch (error) {
      // Input that cannot be read, a terminal that is gone: the server goes on without.
      this.#options.onFailure(error);
    }
  }

  async #take(line: string): Promise<void> {
    const text = line.trim();
    if (text === "") return;
    const isCommand = text.startsWith("!") && !text.startsWith("!!");
    const command = isCommand ? text : `!say ${text.replace(/^!!/, "!")}`;
    try {
      this.#show(await this.#options.run(command));
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  #show(reply: Reply): void {
    const lines = this.#options.isJson
      ? [safeJson({ type: "reply", ...reply })]
      : reply.lines.map(safeText);
    this.output.write(lines.map((line) => `${line}\n`).join(""));
  }
}
