import type { Clock, Timer } from "../../clock/clock.ts";
import { sleep } from "../../clock/sleep.ts";
import type { Logger } from "../../log/log.ts";
import { GuardCopy } from "./guard_copy.ts";
import { type GuardAction, type GuardEvent, GuardPlan } from "./guard_plan.ts";
import {
  beatMs,
  decodeToGuard,
  encodeMessage,
  type FromGuard,
  GuardMessageError,
  type HelloMessage,
  type ReadyMessage,
  type StartMessage,
  type ToGuard,
} from "./messages.ts";
import type { ProcessRoom } from "./process_room.ts";
import { readFrames } from "./read_frames.ts";
import type { RunFile, RunFolder } from "./run_folder.ts";
import { addMark, GUARD_VARIABLE, RUN_VARIABLE } from "./run_marks.ts";

/** How long a launcher that does not read may keep a guard that has ended everything, in milliseconds. */
const LAST_WORDS_MS = 1000;

/** What a guard is made of. */
export interface GuardParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly room: ProcessRoom;
  readonly pid: number;
  /** Environment of this process. */
  readonly env: Readonly<Partial<Record<string, string>>>;
  /** What the launcher says. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Writes to the launcher. @throws {Error} when it is gone */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly makeFolder: (id: string, files: readonly RunFile[]) => Promise<RunFolder>;
  /** What READY says about this machine. */
  readonly machine: Pick<ReadyMessage, "host" | "cores" | "os" | "arch" | "version">;
}

/** Starts the processes of one machine, and ends them whatever happens to the launcher. */
export class Guard {
  readonly #parts: GuardParts;
  readonly #copies = new Map<number, GuardCopy>();
  readonly #runs = new Set<Promise<void>>();
  readonly #finished = Promise.withResolvers<readonly number[]>();
  readonly #events: GuardEvent[] = [];
  #plan: GuardPlan;
  #guardId = "";
  #runId = "";
  #folder: Promise<RunFolder> | undefined;
  #folderPath = "";
  #timer: Timer | undefined;
  #timerMs = Infinity;
  #beats: Timer | undefined;
  #isTelling = false;
  #isOver = false;
  #writing: Promise<void> = Promise.resolve();
  /** Nobody reads what the guard writes any more. */
  #isAlone = false;

  constructor(parts: GuardParts) {
    this.#parts = parts;
    this.#plan = new GuardPlan(0, this.#nowMs());
  }

  /** Ends everything; again with another grace: sooner. @param graceMs @default {that of each} */
  end(why: string, graceMs?: number): void {
    if (!this.#plan.isEnding) this.#parts.log.debug(`ending everything: ${why}`);
    this.#tell({ type: "end", graceMs });
  }

  /** Does what the launcher says, until nothing is left. @returns numbers of processes that are */
  async run(): Promise<readonly number[]> {
    this.#read().then(
      () => this.end("the launcher has ended"),
      (error) => {
        const why = error instanceof Error ? error.message : String(error);
        if (error instanceof GuardMessageError) this.#parts.log.error(why);
        this.end(why);
      },
    );
    const left = await this.#finished.promise;
    this.#isOver = true;
    this.#beats?.cancel();
    this.#timer?.cancel();
    await this.#folder?.then((folder) => folder.remove(), () => {});
    for (const pid of left) this.#parts.log.error(`Cannot end process ${pid}`);
    const late = new AbortController();
    const limit = sleep(this.#parts.clock, LAST_WORDS_MS, late.signal).catch(() => {});
    const lastWords = async () => {
      await Promise.all(this.#runs);
      await this.#send({ type: "ended", left: [...left] });
    };
    await Promise.race([lastWords(), limit]);
    late.abort();
    return left;
  }

  async #read(): Promise<void> {
    for await (const message of readFrames(this.#parts.input, decodeToGuard)) {
      this.#tell({ type: "heard" });
      await this.#take(message);
    }
  }

  async #take(message: ToGuard): Promise<void> {
    if ((message.type === "hello") !== (this.#guardId === "")) {
      throw new GuardMessageError(`Cannot take ${message.type} now: HELLO comes once, and first`);
    }
    switch (message.type) {
      case "hello":
        return await this.#hello(message);
      case "start":
        return this.#start(message);
      case "input":
        return this.#copies.get(message.copy)?.push(message.bytes);
      case "input-end":
        return this.#copies.get(message.copy)?.endInput();
      case "stop":
        return this.#tell({ type: "stop", copy: message.copy });
      case "end":
        return this.end("the launcher says so", message.graceMs);
      case "beat":
    }
  }

  async #hello({ runId, files, silenceMs }: HelloMessage): Promise<void> {
    const { pid, machine, makeFolder } = this.#parts;
    this.#runId = runId;
    this.#guardId = `${runId}-${pid}`;
    if (this.#plan.isEnding) return;
    this.#folder = makeFolder(this.#guardId, files);
    const { path: folder } = await this.#folder.catch((error) => {
      // The launcher would only see that this guard has ended.
      this.#parts.log.error(error instanceof Error ? error.message : String(error));
      throw error;
    });
    if (this.#plan.isEnding) return;
    this.#folderPath = folder;
    this.#plan = new GuardPlan(silenceMs, this.#nowMs());
    this.#schedule();
    this.#beat(beatMs(silenceMs));
    await this.#send({ type: "ready", pid, ...machine, guardId: this.#guardId, folder });
  }

  #beat(everyMs: number): void {
    this.#beats = this.#parts.clock.after(everyMs, () => {
      void this.#send({ type: "beat" });
      this.#beat(everyMs);
    });
  }

  #start({ copy, program, args, env, cwd, stopGraceMs, input }: StartMessage): void {
    if (this.#copies.has(copy)) throw new GuardMessageError(`Cannot start copy ${copy} again`);
    if (this.#plan.isEnding) {
      return void this.#send({ type: "failed", copy, message: "Cannot start it: it ends" });
    }
    const filled = (text: string) => text.replaceAll("{run}", () => this.#folderPath);
    const entries = Object.entries(env).map(([name, value]) => [name, filled(value)] as const);
    const marks = this.#parts.env;
    let started: GuardCopy;
    try {
      const process = this.#parts.room.spawn({
        program: program === null ? null : filled(program),
        args: args.map(filled),
        env: {
          ...Object.fromEntries(entries),
          [RUN_VARIABLE]: addMark(marks[RUN_VARIABLE], this.#runId),
          [GUARD_VARIABLE]: addMark(marks[GUARD_VARIABLE], this.#guardId),
        },
        cwd: cwd === undefined ? undefined : filled(cwd),
        hasInput: input === "stream",
      });
      started = new GuardCopy({ copy, process, clock: this.#parts.clock, send: this.#send });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return void this.#send({ type: "failed", copy, message });
    }
    const { pid } = started;
    this.#copies.set(copy, started);
    void this.#send({ type: "started", copy, pid });
    this.#tell({ type: "started", copy, pid, graceMs: stopGraceMs });
    void started.exited.then(() => this.#tell({ type: "exited", copy }));
    const run = started.run().then(() => {
      this.#copies.delete(copy);
      this.#runs.delete(run);
    });
    this.#runs.add(run);
  }

  /** Writes one message after the other; resolves when it is out, or nobody is there. */
  readonly #send = (message: FromGuard): Promise<void> => {
    const write = async () => {
      if (this.#isAlone) return;
      try {
        await this.#parts.write(encodeMessage(message));
      } catch {
        this.#isAlone = true;
        this.end("nobody reads the output");
      }
    };
    return this.#writing = this.#writing.then(write);
  };

  #nowMs(): number {
    return this.#parts.clock.monotonicNs() / 1e6;
  }

  /** Tells the plan, and does what it says; what that brings about is told after it. */
  #tell(event: GuardEvent): void {
    this.#events.push(event);
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next; (next = this.#events.shift()) !== undefined;) {
        for (const action of this.#plan.on(next, this.#nowMs())) this.#do(action);
      }
    } finally {
      this.#isTelling = false;
    }
    this.#schedule();
  }

  #do(action: GuardAction): void {
    const { room } = this.#parts;
    switch (action.type) {
      case "signal":
        return room.signalGroup(action.pid, action.signal);
      case "look":
        if (!room.hasGroup(action.pid)) this.#events.push({ type: "gone", copy: action.copy });
        else if (action.signal !== undefined) room.signalGroup(action.pid, action.signal);
        return;
      case "sweep": {
        const { signal, except } = action;
        const signalled = new Set(except);
        const onFound = (group: number) => {
          if (signal === undefined || signalled.has(group)) return;
          signalled.add(group);
          room.signalGroup(group, signal);
        };
        const pids = this.#guardId === "" ? [] : room.find(this.#guardId, onFound).pids;
        this.#events.push({ type: "swept", pids });
        return;
      }
      case "finish":
        return this.#finished.resolve(action.left);
    }
  }

  #schedule(): void {
    if (this.#isOver) return;
    const { tickMs } = this.#plan;
    if (this.#timer !== undefined && this.#timerMs <= tickMs) return;
    this.#timer?.cancel();
    this.#timerMs = tickMs;
    this.#timer = this.#parts.clock.after(tickMs, () => {
      this.#timer = undefined;
      this.#tell({ type: "tick" });
    });
  }
}
