/**
 * Where a story of the documents plays: a home and a folder of its own, with `tram` on the path. It
 * runs each command of its blocks as it is printed, in bash, and compares what comes.
 */
import { wait } from "../e2e/processes.ts";
import type { ConsoleBlock, Step } from "./console_blocks.ts";
import type { Rule } from "./mask.ts";
import { matchLines } from "./match_lines.ts";
import { children } from "./processes_of.ts";

/** Longest time for something to happen, in milliseconds. */
const DEADLINE_MS = 40_000;
const POLL_MS = 10;
/** Names a file for all that commands print: documents are made of it. */
const SHOW = "README_TRANSCRIPT";

/** How a command is run. */
export interface Circumstances {
  /** How it ends. @default {0} */
  readonly code?: number;
  /** Whether nothing of its output is left to chance. @default {false} */
  readonly isExact?: boolean;
  /** What chance makes of its output besides. */
  readonly rules?: readonly Rule[];
  /** What only some runs print, to the end of its line: it is left out of both. */
  readonly perhaps?: RegExp;
  /** Variables of the environment, which the document does not show. */
  readonly env?: Readonly<Record<string, string>>;
  /** What its output has to be, instead of what is printed: where that depends on this machine. */
  readonly printed?: (lines: readonly string[]) => readonly string[];
}

/** The folders of a story; the documents call them by the names behind. */
interface Folders {
  /** `/home/ada` */
  readonly home: string;
  /** `/data`: the current folder of all commands. */
  readonly data: string;
}

/** Where a story plays. */
export class World {
  readonly folders: Folders;
  readonly #blocks: ReadonlyMap<string, ConsoleBlock>;
  readonly #left = new Set<string>();
  readonly #running = new Set<Command>();

  /** @param blocks that the story has claimed */
  constructor(folders: Folders, blocks: readonly ConsoleBlock[]) {
    this.folders = folders;
    this.#blocks = new Map(blocks.map((block) => [block.id, block]));
    for (const { id, before, steps } of blocks) {
      if (before.length > 0) this.#left.add(`${id}: its screen`);
      steps.forEach((_, at) => this.#left.add(`${id}: command ${at + 1}`));
    }
  }

  /** Runs a command of a block to its end. @param number from 1 */
  async run(id: string, number: number, circumstances?: Circumstances): Promise<void> {
    await this.start(id, number, circumstances).ended();
  }

  /** Starts a command of a block. @param number from 1 */
  start(id: string, number: number, circumstances: Circumstances = {}): Command {
    const step = this.step(id, number);
    const name = `${id}: command ${number}`;
    const command = new Command(this, step, name, circumstances, () => {
      this.#left.delete(name);
      this.#running.delete(command);
    });
    this.#running.add(command);
    return command;
  }

  /** A command of a block, for who runs it in another way and calls {@linkcode compare}. */
  step(id: string, number: number): Step {
    const step = this.#block(id).steps[number - 1];
    if (step === undefined) throw new Error(`${id} has no command ${number}`);
    return step;
  }

  /** What a block shows that has no command. */
  screen(id: string): readonly string[] {
    return this.#block(id).before;
  }

  /** Compares what a command printed on a terminal. */
  compare(id: string, number: number, actual: readonly string[], rules?: readonly Rule[]): void {
    this.#compare(`${id}: command ${number}`, this.step(id, number).output, actual, rules);
  }

  /** Compares what a screen shows with a block that has no command. */
  compareScreen(id: string, actual: readonly string[], rules?: readonly Rule[]): void {
    this.#compare(`${id}: its screen`, this.#block(id).before, actual, rules);
  }

  /** Starts a command that no document shows. */
  aside(command: string, env: Readonly<Record<string, string>> = {}): Command {
    const step = { command, output: ["..."] };
    const aside = new Command(this, step, command, { env }, () => this.#running.delete(aside));
    this.#running.add(aside);
    return aside;
  }

  /** A command with the folders that it has here. */
  placed(command: string): string {
    const { home, data } = this.folders;
    return command.replaceAll("/home/ada", home).replaceAll(/(?<=\s)\/data\b/g, data);
  }

  /** How the last command ended, for `$?`. */
  lastCode = 0;

  /** What was printed, with the names that documents have for the folders. */
  renamed(text: string): string {
    const { home, data } = this.folders;
    return text.replaceAll(home, "/home/ada").replaceAll(data, "/data");
  }

  /** Makes a file in the folder of all commands. */
  async write(path: string, content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const whole = `${this.folders.data}/${path}`;
    await Deno.mkdir(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(whole, bytes);
  }

  /** Throws when something of the story's blocks was not run, or still runs. */
  done(): void {
    const left = [...this.#left];
    if (left.length > 0) throw new Error(`Not run: ${left.join("; ")}`);
    const running = [...this.#running];
    if (running.length > 0) throw new Error(`Still there: ${running.map(({ name }) => name)}`);
  }

  #compare(
    name: string,
    printed: readonly string[],
    actual: readonly string[],
    rules?: readonly Rule[],
  ): void {
    const lines = actual.map((line) => this.renamed(line));
    const wrong = matchLines(printed, lines, rules);
    if (wrong !== undefined) throw new Error(`${name} is not as printed\n${wrong}`);
    this.#left.delete(name);
  }

  #block(id: string): ConsoleBlock {
    const block = this.#blocks.get(id);
    if (block === undefined) throw new Error(`This story has not claimed ${id}`);
    return block;
  }
}

/** A command that was started. */
export class Command {
  readonly name: string;
  readonly #world: World;
  readonly #step: Step;
  readonly #circumstances: Circumstances;
  readonly #isOver: () => void;
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;
  #output = "";

  constructor(
    world: World,
    step: Step,
    name: string,
    circumstances: Circumstances,
    isOver: () => void,
  ) {
    this.#world = world;
    this.#step = step;
    this.name = name;
    this.#circumstances = circumstances;
    this.#isOver = isOver;
    const last = step.command.includes("$?") ? `(exit ${world.lastCode})\n` : "";
    // Both outputs come in one, as on a terminal.
    this.#child = new Deno.Command("bash", {
      args: ["-c", `exec 2>&1\n${last}${world.placed(step.command)}`],
      cwd: world.folders.data,
      env: { ...circumstances.env },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#read = this.#collect();
  }

  /** Number of the process, which bash becomes when the command is a single one. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What it printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it has printed something. */
  async matching(pattern: RegExp): Promise<RegExpExecArray> {
    let hasEnded = false;
    this.#read.then(() => hasEnded = true);
    for (const endMs = Date.now() + DEADLINE_MS;; await wait(POLL_MS)) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (hasEnded || Date.now() > endMs) {
        throw new Error(`${this.name}: no ${pattern} in:\n${this.#output}`);
      }
    }
  }

  /** Waits until it has printed all that the document shows, as a server does that is ready. */
  async ready(): Promise<this> {
    for (const endMs = Date.now() + DEADLINE_MS;; await wait(POLL_MS)) {
      const wrong = this.#wrong();
      if (wrong === undefined) return this;
      if (Date.now() > endMs) throw new Error(`${this.name} is not as printed\n${wrong}`);
    }
  }

  /** Sends a signal to it and to all that it has started, as a terminal does. */
  signal(signal: Deno.Signal): void {
    for (const pid of [this.pid, ...children(this.pid).map(({ pid }) => pid)]) {
      try {
        Deno.kill(pid, signal);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error; // it ended a moment ago
      }
    }
  }

  /** Ends a server. What the document shows is how it began; who came and went is told behind. */
  async end(signal: Deno.Signal = "SIGINT"): Promise<void> {
    this.signal(signal);
    await this.ended({ isServer: true });
  }

  /** Waits for its end, and compares. */
  async ended({ isServer = false } = {}): Promise<string> {
    const timer = setTimeout(() => this.signal("SIGKILL"), DEADLINE_MS);
    const { code } = await this.#child.status;
    clearTimeout(timer);
    this.#world.lastCode = code;
    await this.#read;
    const shown = Deno.env.get(SHOW);
    if (shown !== undefined) {
      const text = `$ ${this.#step.command}\n${this.#world.renamed(this.#output)}`;
      await Deno.writeTextFile(shown, text, { append: true });
    }
    const wrong = this.#wrong(isServer ? ["..."] : []);
    if (wrong !== undefined) throw new Error(`${this.name} is not as printed\n${wrong}`);
    const { code: wanted = 0 } = this.#circumstances;
    if (!isServer && code !== wanted) {
      throw new Error(`${this.name} ended with ${code}, not ${wanted}:\n${this.#output}`);
    }
    this.#isOver();
    return this.#output;
  }

  #wrong(behind: readonly string[] = []): string | undefined {
    const { printed = (lines) => lines, rules, isExact = false, perhaps } = this.#circumstances;
    const text = this.#world.renamed(this.#output);
    const wanted = [...printed(this.#step.output), ...behind];
    if (isExact) return text === `${wanted.join("\n")}\n` ? undefined : `It printed:\n${text}`;
    const linesOf = (all: string) => perhaps === undefined ? all : all.replaceAll(perhaps, "");
    return matchLines(
      linesOf(wanted.map((line) => `${line}\n`).join("")).split("\n"),
      linesOf(text).split("\n"),
      rules,
    );
  }

  async #collect(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const part of this.#child.stdout) {
      this.#output += decoder.decode(part, { stream: true });
    }
  }
}

/** A rule that makes of a line what is printed, when chance has made it something else. */
export function rule(where: RegExp, as: string): Rule {
  return { where, as };
}
