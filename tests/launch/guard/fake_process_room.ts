/** Processes in memory, for guards. */
import type {
  EndSignal,
  Marked,
  ProcessRoom,
  ProcessStart,
  RoomProcess,
} from "../../../lib/launch/guard/process_room.ts";
import { carriesMark } from "../../../lib/launch/guard/run_marks.ts";

/** A pipe in memory. */
class FakePipe {
  readonly #chunks: Uint8Array[] = [];
  #isClosed = false;
  #wake = () => {};

  push(text: string): void {
    this.#chunks.push(new TextEncoder().encode(text));
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#isClosed) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

/** A process, or what it has started. */
export class FakeProcess implements RoomProcess {
  readonly output = new FakePipe();
  readonly errors = new FakePipe();
  /** What it was given. */
  input = "";
  /** Whether it takes input now. */
  reads = true;
  isInputEnded = false;
  isAlive = true;
  readonly #end = Promise.withResolvers<
    { readonly code: number; readonly signal: string | null }
  >();
  #reading = () => {};

  constructor(
    readonly pid: number,
    readonly group: number,
    readonly start: ProcessStart,
    /** Whether TERM ends it. */
    readonly minds: boolean,
  ) {}

  get ended() {
    return this.#end.promise;
  }

  async write(bytes: Uint8Array): Promise<void> {
    while (!this.reads && this.isAlive) {
      await new Promise<void>((resolve) => this.#reading = resolve);
    }
    if (!this.isAlive) throw new Error("nobody reads");
    this.input += new TextDecoder().decode(bytes);
  }

  endInput(): Promise<void> {
    this.isInputEnded = true;
    return Promise.resolve();
  }

  /** From now on it takes its input. */
  read(): void {
    this.reads = true;
    this.#reading();
  }

  exit(code: number, signal: string | null = null): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#reading();
    this.output.close();
    this.errors.close();
    this.#end.resolve({ code, signal });
  }
}

/** A machine in memory. */
export class FakeProcessRoom implements ProcessRoom {
  readonly processes: FakeProcess[] = [];
  /** What was sent to whom. */
  readonly signals: string[] = [];
  /** Programs that TERM does not end. */
  readonly deaf = new Set<string>();
  /** Programs that there are not. */
  readonly missing = new Set<string>();

  get alive(): readonly FakeProcess[] {
    return this.processes.filter(({ isAlive }) => isAlive);
  }

  spawn(start: ProcessStart): FakeProcess {
    const name = start.program ?? "tram";
    if (this.missing.has(name)) throw new Error(`Cannot start ${name}: there is no such program`);
    return this.#add(start, undefined);
  }

  /** A process that another has started. @param leaves it goes into a session of its own */
  fork(parent: FakeProcess, leaves: boolean): FakeProcess {
    return this.#add(parent.start, leaves ? undefined : parent.group);
  }

  signalGroup(group: number, signal: EndSignal): void {
    this.signals.push(`${signal} ${group}`);
    for (const process of this.alive) {
      if (process.group !== group || (signal === "SIGTERM" && !process.minds)) continue;
      process.exit(signal === "SIGTERM" ? 143 : 137, signal);
    }
  }

  hasGroup(group: number): boolean {
    return this.alive.some((process) => process.group === group);
  }

  find(id: string, onFound: (group: number) => void = () => {}): Marked {
    const found = this.alive.filter(({ start: { env } }) =>
      carriesMark(Object.entries(env).map(([name, value]) => `${name}=${value}`).join("\0"), id)
    );
    for (const { group } of found) onFound(group);
    return { pids: found.map(({ pid }) => pid), groups: found.map(({ group }) => group) };
  }

  #add(start: ProcessStart, group: number | undefined): FakeProcess {
    const pid = 1000 + this.processes.length;
    const process = new FakeProcess(pid, group ?? pid, start, !this.deaf.has(start.program ?? ""));
    this.processes.push(process);
    return process;
  }
}
