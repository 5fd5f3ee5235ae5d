/** A world for commands: memory network, fake clock, files in a map, output that is kept. */
import { FakeClock } from "../lib/clock/fake_clock.ts";
import type { Files, Output, TramContext } from "../lib/context.ts";
import { runTram } from "../lib/app.ts";
import { prepareLatencies } from "../lib/timer/latencies.ts";
import { MemoryNetwork } from "../lib/transport/memory_network.ts";
import type { PathSettings } from "../lib/transport/memory_path.ts";
// Bodies are loaded when they are called. That takes real time unless they are there already.
import "../lib/timer/ping.ts";
import "../lib/timer/serve.ts";
import "../lib/token/create_token.ts";
import "../lib/token/show_tokens.ts";

await prepareLatencies();

/** Output that is kept. */
export class KeptOutput implements Output {
  text = "";
  readonly columns: number | undefined;
  readonly #waiting: { pattern: RegExp; resolve: (match: RegExpExecArray) => void }[] = [];

  constructor(columns?: number) {
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
    for (const { pattern, resolve } of this.#waiting) {
      const match = pattern.exec(this.text);
      if (match !== null) resolve(match);
    }
  }

  /** Waits until what was written matches. */
  matching(pattern: RegExp): Promise<RegExpExecArray> {
    const match = pattern.exec(this.text);
    if (match !== null) return Promise.resolve(match);
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }));
  }
}

/** A machine room: one network, one clock, one file system. */
export class FakeRoom {
  readonly clock = new FakeClock();
  readonly network: MemoryNetwork;
  /** Files by path. */
  readonly texts = new Map<string, string>();

  readonly #files: Files = {
    readText: (path) => Promise.resolve(this.texts.get(path)),
    readSecret: (path) => Promise.resolve(this.texts.get(path)),
    appendSecret: (path, added) =>
      Promise.resolve().then(() => {
        const text = this.texts.get(path) ?? "";
        this.texts.set(path, text + added(text));
      }),
  };

  /** @param path what each way of each new connection does */
  constructor(path: { there?: PathSettings; back?: PathSettings } = {}) {
    this.network = new MemoryNetwork({ clock: this.clock, ...path });
  }

  /** Runs a command line in the room. */
  run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    columns?: number,
  ): FakeProcess {
    const stdout = new KeptOutput(columns);
    const stderr = new KeptOutput(columns);
    const controller = new AbortController();
    const context: TramContext = {
      process: { stdout, stderr, env: { HOME: "/home/ada", ...env } },
      clock: this.clock,
      network: this.network,
      files: this.#files,
      os: "linux",
      hostName: () => "ada's desk",
      signal: controller.signal,
    };
    const exitCode = runTram(args, context).then(() => Number(context.process.exitCode ?? 0));
    const interrupt = () => controller.abort(new DOMException("interrupted", "AbortError"));
    return { stdout, stderr, exitCode, interrupt };
  }
}

/** A command that runs in a {@linkcode FakeRoom}. */
export interface FakeProcess {
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
  readonly exitCode: Promise<number>;
  /** What ^C does. */
  readonly interrupt: () => void;
}
