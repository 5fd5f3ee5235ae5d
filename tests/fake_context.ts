/** A world for commands: memory network, fake clock, files in a map, output that is kept. */
import { FakeClock } from "../lib/clock/fake_clock.ts";
import { clockPacer } from "../lib/clock/pacer.ts";
import type { Files, TramContext } from "../lib/context.ts";
import { MemoryStore } from "../lib/collect/store/memory_store.ts";
import { StoreError } from "../lib/collect/store/store_error.ts";
import { lastingStore } from "./collect/report_stores.ts";
import { FakeStateFiles } from "./fake_state_files.ts";
import { FakeLogFiles } from "./log/fake_log_files.ts";
import { runTram } from "../lib/app.ts";
import { Random } from "./fuzz/random.ts";
import { KeptOutput } from "./kept_output.ts";
import { prepareHistograms } from "../lib/timer/histogram.ts";
import { MemoryNetwork } from "../lib/transport/memory_network.ts";
import type { PathSettings } from "../lib/transport/memory_path.ts";
// Bodies are loaded when they are called. That takes real time unless they are there already.
import "../lib/config/run_table.ts";
import "../lib/collect/export.ts";
import "../lib/collect/report.ts";
import "../lib/collect/send.ts";
import "../lib/collect/serve.ts";
import "../lib/timer/compare.ts";
import "../lib/timer/ping.ts";
import "../lib/timer/serve.ts";
import "../lib/token/create_token.ts";
import "../lib/token/show_tokens.ts";

await prepareHistograms();

export { KeptOutput };

/** A machine room: one network, one clock, one file system. */
export class FakeRoom {
  readonly clock = new FakeClock();
  readonly network: MemoryNetwork;
  /** Files by path. */
  readonly texts = new Map<string, string>();

  /** Stores of collect by path. They live on when a server has closed them. */
  readonly stores = new Map<string, MemoryStore>();

  /** Why stores of collect cannot be opened, by path. */
  readonly storeFailures = new Map<string, StoreError>();

  /** Files of sessions. */
  readonly stateFiles = new FakeStateFiles();

  #nextPid = 4711;

  /** Whether new files cannot be written. */
  fullDisk = false;

  /** Log files by path. */
  readonly logFiles = new FakeLogFiles(this.clock);

  /** Paths of files that others have written. */
  readonly strangers = new Set<string>();

  readonly #files: Files = {
    readText: (path) => Promise.resolve(this.texts.get(path)),
    readTrusted: (path) =>
      this.strangers.has(path)
        ? Promise.reject(new Error(`Cannot use ${path}: it belongs to user 1001`))
        : Promise.resolve(this.texts.get(path)),
    readSecret: (path) => Promise.resolve(this.texts.get(path)),
    appendSecret: (path, added) =>
      Promise.resolve().then(() => {
        const text = this.texts.get(path) ?? "";
        this.texts.set(path, text + added(text));
      }),
    create: (path) => {
      return {
        begin: () => void this.texts.set(path, ""),
        write: (bytes) => {
          if (this.fullDisk) throw new Error(`Cannot write ${path}: no space left`);
          this.texts.set(path, this.texts.get(path) + new TextDecoder().decode(bytes));
        },
        close() {},
      };
    },
  };

  /** @param path what each way of each new connection does */
  constructor(path: { there?: PathSettings; back?: PathSettings } = {}) {
    const numbers = new Random(1);
    const random = () => numbers.uint32() / 2 ** 32;
    this.network = new MemoryNetwork({ clock: this.clock, random, ...path });
  }

  /** Runs a command line in the room. @param start runs another program than tram */
  run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    columns?: number,
    start: typeof runTram = runTram,
  ): FakeProcess {
    const stdout = new KeptOutput(columns);
    const stderr = new KeptOutput(columns);
    const controller = new AbortController();
    const context: TramContext = {
      process: { stdout, stderr, env: { HOME: "/home/ada", ...env } },
      clock: this.clock,
      newPacer: () => Promise.resolve(clockPacer(this.clock)),
      network: this.network,
      files: this.#files,
      logFiles: () => Promise.resolve(this.logFiles),
      os: "linux",
      stateFiles: () => Promise.resolve(this.stateFiles),
      openCollectStore: (path, isReader) => {
        const failure = this.storeFailures.get(path) ??
          (isReader && !this.stores.has(path)
            ? new StoreError("other", `Cannot open ${path}: there is no such store`)
            : undefined);
        if (failure !== undefined) return Promise.reject(failure);
        const store = this.stores.get(path) ?? new MemoryStore();
        this.stores.set(path, store);
        return Promise.resolve(lastingStore(store));
      },
      pid: this.#nextPid++,
      hostName: () => "ada's desk",
      signal: controller.signal,
    };
    const exitCode = start(args, context).then(() => Number(context.process.exitCode ?? 0));
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
