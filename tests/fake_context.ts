/** A world for commands: memory network, fake clock, files in a map, output that is kept. */
import { FakeClock } from "../lib/clock/fake_clock.ts";
import { clockPacer } from "../lib/clock/pacer.ts";
import type { Files, Input, TramContext } from "../lib/context.ts";
import type { Spawner } from "../lib/mapreduce/jobs/spawner.ts";
import { MemoryChatStore } from "../lib/chat/store/memory_chat_store.ts";
import { MemoryStore } from "../lib/collect/store/memory_store.ts";
import { StoreError } from "../lib/store/store_error.ts";
import { endedInput } from "./fake_input.ts";
import { FakeStateFiles } from "./fake_state_files.ts";
import { FakeFileAccess } from "./chat/files/fake_file_access.ts";
import { FakeBytePipe } from "./mapreduce/jobs/fake_byte_pipe.ts";
import { plainParts } from "./mapreduce/jobs/run_job.ts";
import { FakeHost } from "./mapreduce/fake_host.ts";
import { FakeInputFiles } from "./mapreduce/input/fake_input_files.ts";
import { lastingStore } from "./lasting_store.ts";
import type { LaunchHost } from "../lib/launch/launch_host.ts";
import type { SshWorld } from "../lib/launch/ssh/programs.ts";
import { FakeSshWorld } from "./launch/ssh/fake_ssh_world.ts";
import { FakeLogFiles } from "./log/fake_log_files.ts";
import { runTram } from "../lib/app.ts";
import { Random } from "./random.ts";
import { KeptOutput } from "./kept_output.ts";
import { prepareHistograms } from "../lib/timer/histogram.ts";
import { MemoryNetwork } from "../lib/transport/memory_network.ts";
import type { PathSettings } from "../lib/transport/memory_path.ts";
import type { TlsMaterial } from "../lib/transport/tls/tls_material.ts";
import { EncryptedNetwork } from "./encrypted_network.ts";
// Bodies are loaded when they are called. That takes real time unless they are there already.
import "../lib/config/run_table.ts";
import "../lib/config/network_of.ts";
import "../lib/collect/export.ts";
import "../lib/collect/report.ts";
import "../lib/collect/send.ts";
import "../lib/collect/serve.ts";
import "../lib/mapreduce/run.ts";
import "../lib/mapreduce/worker.ts";
import "../lib/timer/compare.ts";
import "../lib/timer/ping.ts";
import "../lib/timer/serve.ts";
import "../lib/tls/init_tls.ts";
import "../lib/token/create_token.ts";
import "../lib/token/show_tokens.ts";

await prepareHistograms();

/** A machine room: one network, one clock, one file system. */
export class FakeRoom {
  readonly clock = new FakeClock();
  readonly network: MemoryNetwork;
  /** Files by path. */
  readonly texts = new Map<string, string>();

  /** Stores of collect by path. They live on when a server has closed them. */
  readonly stores = new Map<string, MemoryStore>();

  /** Stores of chat by path. They live on when a server has closed them. */
  readonly chatStores = new Map<string, MemoryChatStore>();

  /** Why stores cannot be opened, by path. */
  readonly storeFailures = new Map<string, StoreError>();

  /** Files of sessions. */
  readonly stateFiles = new FakeStateFiles();

  /** Files that `chat` sends and receives. */
  readonly fileAccess = new FakeFileAccess();

  /** What `mapreduce` reads. */
  readonly inputFiles = new FakeInputFiles();

  /** What `mapreduce` writes, and the workers that it starts. */
  readonly mapreduceHost: FakeHost = new FakeHost(this);

  /** Standard input and output of steps of `mapreduce`. */
  readonly bytePipe = new FakeBytePipe();

  /** Programs that are started. */
  spawner: Spawner = plainParts.spawner;

  /** What `launch` needs of a machine; there is none unless a test has one. */
  launchHost: LaunchHost | undefined;

  /** What `launch` reaches other machines by. */
  sshWorld: SshWorld = new FakeSshWorld();

  #nextPid = 4711;

  /** Whether new files cannot be written. */
  fullDisk = false;

  /** Log files by path. */
  readonly logFiles = new FakeLogFiles(this.clock);

  /** Paths of files that were made so that nobody but their owner may read them. */
  readonly secrets = new Set<string>();

  /** What encrypted networks were made of. */
  readonly tlsMaterials: TlsMaterial[] = [];

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
    writeNew: (path, text, { isSecret, replaces }) => {
      if (this.fullDisk) return Promise.reject(new Error(`Cannot write ${path}: no space left`));
      if (this.texts.has(path) && !replaces) return Promise.resolve(false);
      this.texts.set(path, text);
      if (isSecret) this.secrets.add(path);
      return Promise.resolve(true);
    },
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

  /**
   * Runs a command line in the room.
   *
   * @param start runs another program than tram
   * @param stdin @default {at its end}
   */
  run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    columns?: number,
    start: typeof runTram = runTram,
    stdin: Input = endedInput(),
  ): FakeProcess {
    const stdout = new KeptOutput(columns);
    const stderr = new KeptOutput(columns);
    const controller = new AbortController();
    const interruptListeners = new Set<() => void>();
    const context: TramContext = {
      process: { stdin, stdout, stderr, env: { HOME: "/home/ada", ...env } },
      clock: this.clock,
      newPacer: () => Promise.resolve(clockPacer(this.clock)),
      network: this.network,
      tlsNetwork: (material) => {
        this.tlsMaterials.push(material);
        return Promise.resolve(new EncryptedNetwork(this.network));
      },
      files: this.#files,
      logFiles: () => Promise.resolve(this.logFiles),
      os: "linux",
      stateFiles: () => Promise.resolve(this.stateFiles),
      fileAccess: () => Promise.resolve(this.fileAccess),
      inputFiles: () => Promise.resolve(this.inputFiles),
      mapreduceHost: () => Promise.resolve(this.mapreduceHost),
      launchHost: () => {
        return this.launchHost === undefined
          ? Promise.reject(new Error("no machine to launch on here"))
          : Promise.resolve(this.launchHost);
      },
      bytePipe: () => Promise.resolve(this.bytePipe),
      spawner: () => Promise.resolve(this.spawner),
      sshWorld: () => Promise.resolve(this.sshWorld),
      runSandbox: () => Promise.reject(new Error("no sandbox here")),
      openCollectStore: (path, isReader) => {
        return this.#openStore(this.stores, path, isReader, () => new MemoryStore());
      },
      openChatStore: (path, isReader) => {
        return this.#openStore(this.chatStores, path, isReader, () => new MemoryChatStore());
      },
      pid: this.#nextPid++,
      hostName: () => "ada's desk",
      signal: controller.signal,
      onInterrupt(told) {
        interruptListeners.add(told);
        return { [Symbol.dispose]: () => void interruptListeners.delete(told) };
      },
    };
    const exitCode = start(args, context).then(() => Number(context.process.exitCode ?? 0));
    const interrupt = () => {
      for (const told of interruptListeners) told();
      controller.abort(new DOMException("interrupted", "AbortError"));
    };
    return { stdout, stderr, exitCode, interrupt };
  }

  #openStore<T extends AsyncDisposable>(
    stores: Map<string, T>,
    path: string,
    isReader: boolean,
    make: () => T,
  ): Promise<T> {
    const failure = this.storeFailures.get(path) ??
      (isReader && !stores.has(path)
        ? new StoreError("other", `Cannot open ${path}: there is no such store`)
        : undefined);
    if (failure !== undefined) return Promise.reject(failure);
    const store = stores.get(path) ?? make();
    stores.set(path, store);
    return Promise.resolve(lastingStore(store));
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
