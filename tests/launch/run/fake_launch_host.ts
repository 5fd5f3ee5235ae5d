/** A machine in memory for `launch`: its guard is real, and trams run in the room of the test. */
import { Guard } from "../../../lib/launch/guard/guard.ts";
import type { EndSignal, ProcessStart } from "../../../lib/launch/guard/process_room.ts";
import type { RunFile } from "../../../lib/launch/guard/run_folder.ts";
import type { GuardPipe, HostLink } from "../../../lib/launch/host_link.ts";
import type { ControlServer, LaunchHost, LogFolder } from "../../../lib/launch/launch_host.ts";
import type { FakeRoom } from "../../fake_context.ts";
import { FakeInput } from "../../fake_input.ts";
import { type FakeProcess, FakeProcessRoom } from "../guard/fake_process_room.ts";

/** What a program other than tram does. */
export type FakeProgram = (process: FakeProcess) => void;

/** Processes in memory that do something. */
class ActingRoom extends FakeProcessRoom {
  readonly #act: FakeProgram;

  /** What TERM does to trams, by number of the process. */
  readonly interrupts = new Map<number, () => void>();

  constructor(act: FakeProgram) {
    super();
    this.#act = act;
    this.deaf.add(""); // trams: they end by themselves
  }

  override signalGroup(group: number, signal: EndSignal): void {
    super.signalGroup(group, signal);
    if (signal === "SIGTERM") this.interrupts.get(group)?.();
  }

  override spawn(start: ProcessStart): FakeProcess {
    const process = super.spawn(start);
    this.#act(process);
    return process;
  }
}

const log = {
  ...{ category: "guard", isOn: () => false, log() {}, debug() {}, info() {}, warn() {} },
  ...{ error() {}, logLimited() {}, child: () => log },
};

/** This machine, in memory. */
export class FakeLaunchHost implements LaunchHost {
  readonly cores = 2;
  readonly arch = "x86_64";
  readonly room: ActingRoom;
  /** What programs do, by their last argument. Others run until they are ended. */
  readonly programs = new Map<string, FakeProgram>();
  /** Names of the log files. */
  readonly logs = new Map<string, string>();
  /** Folders of runs that are there. */
  readonly folders = new Set<string>();
  /** Sockets of runs that do not answer. */
  readonly hung = new Set<string>();
  readonly #controls = new Map<string, (request: unknown) => unknown>();
  readonly #world: FakeRoom;
  /** What a tram that a tram starts has in its environment; all of a run have the same. */
  #inherited: Readonly<Record<string, string>> = {};

  constructor(world: FakeRoom) {
    this.#world = world;
    this.room = new ActingRoom((process) => {
      if (process.start.program === null) this.#runTram(process);
      else this.programs.get(process.start.args.at(-1) ?? "")?.(process);
    });
    world.launchHost = this;
  }

  makeRunFolder(id: string, files: readonly RunFile[]) {
    const path = `/run/tram-run-${id}`;
    this.folders.add(path);
    for (const { name, text } of files) this.#world.texts.set(`${path}/${name}`, text);
    return Promise.resolve({ path, remove: () => this.removeFolder(path) });
  }

  removeFolder(path: string): Promise<void> {
    this.folders.delete(path);
    return Promise.resolve();
  }

  openLogs(path: string): LogFolder {
    const write = (copy: string, bytes: Uint8Array) => {
      const name = `${path}/${copy}.log`;
      this.logs.set(name, (this.logs.get(name) ?? "") + new TextDecoder().decode(bytes));
    };
    return { path, write, close() {} };
  }

  serveControl(path: string, answer: (request: unknown) => unknown): ControlServer {
    this.#controls.set(path, answer);
    return { close: () => void this.#controls.delete(path) };
  }

  askControl(path: string, request: unknown): Promise<unknown> {
    if (this.hung.has(path)) {
      return Promise.reject(new Error(`Cannot ask the run at ${path}: it does not answer`));
    }
    return Promise.resolve(this.#controls.get(path)?.(request));
  }

  listControls(folder: string): Promise<readonly string[]> {
    return Promise.resolve([...this.#controls.keys()].filter((path) => path.startsWith(folder)));
  }

  here(): HostLink {
    return {
      ...{ name: "here", close: () => Promise.resolve() },
      start: () => Promise.resolve(this.#startGuard()),
    };
  }

  #startGuard(): GuardPipe {
    const input = new FakeInput({ isTerminal: false });
    const output = new FakeInput({ isTerminal: false });
    const signal = new AbortController().signal;
    const guard = new Guard({
      ...{ clock: this.#world.clock, room: this.room, pid: 77, env: {}, log },
      input: input.read(signal),
      write: (bytes) => Promise.resolve(output.type(bytes.slice())),
      makeFolder: (id, files) => this.makeRunFolder(id, files),
      machine: { host: "desk", cores: 2, os: "linux", arch: "x86_64", version: "0" },
    });
    const ended = guard.run().then((left) => {
      output.end();
      return { code: left.length === 0 ? 0 : 1 };
    });
    return {
      input: {
        write: (bytes) => Promise.resolve(input.type(bytes.slice())),
        end: () => Promise.resolve(input.end()),
      },
      ...{ output: output.read(signal), errors: (async function* () {})(), ended },
      kill: () => guard.end("it is killed", 0),
    };
  }

  /** Runs a command of tram in the room of the test, as a process. */
  #runTram(process: FakeProcess): void {
    const { args } = process.start;
    const env = { ...this.#inherited, ...process.start.env };
    this.#inherited = env;
    const stdin = new FakeInput({ isTerminal: false });
    process.write = (bytes) => Promise.resolve(stdin.type(bytes.slice()));
    process.endInput = () => Promise.resolve(stdin.end());
    const running = this.#world.run(args, env, undefined, undefined, stdin);
    const { stdout, stderr, exitCode, interrupt } = running;
    for (const [from, to] of [[stdout, process.output], [stderr, process.errors]] as const) {
      const write = from.write.bind(from);
      from.write = (text) => {
        to.push(text);
        write(text);
      };
    }
    void exitCode.then((code) => process.exit(code));
    this.room.interrupts.set(process.pid, interrupt);
  }
}
