/**
 * A coordinator and workers in one process: memory network, fake clock, folders in memory.
 *
 * Longer than 300 lines: a coordinator, its workers and what becomes of them know each other.
 */
import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { Coordinator } from "../../../lib/mapreduce/engine/coordinator.ts";
import type {
  CoordinatorParts,
  EngineEvent,
} from "../../../lib/mapreduce/engine/coordinator_types.ts";
import type { JobPlan } from "../../../lib/mapreduce/engine/job_plan.ts";
import { type JobResult, partName } from "../../../lib/mapreduce/engine/job_result.ts";
import { runWorker } from "../../../lib/mapreduce/engine/run_worker.ts";
import type {
  WorkerEnd,
  WorkerEvent,
  WorkerParts,
} from "../../../lib/mapreduce/engine/worker_types.ts";
import { InputError } from "../../../lib/mapreduce/input/input_source.ts";
import { LineError, LineErrorCode } from "../../../lib/transport/line_error.ts";
import { type MemoryLink, MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import type { PathSettings } from "../../../lib/transport/memory_path.ts";
import type { Address, Network } from "../../../lib/transport/network.ts";
import { newToken } from "../../../lib/transport/token.ts";
import { Random } from "../../random.ts";
import { MemoryFolder } from "./memory_folder.ts";
import { type ToyOptions, toyOracle, toyPlan, ToyRunner } from "./toy_job.ts";

/** A machine on the network: what it dials and what dials it can be cut. */
class Machine {
  readonly network: Network;
  readonly links: MemoryLink[] = [];
  readonly ports = new Set<number>();
  /** Machines that it cannot reach. */
  readonly unreachable = new Set<Machine>();
  isDead = false;
  isStalled = false;
  /** Whether what it cannot reach does not answer at all, as behind a firewall. */
  isCutOff = false;

  constructor(world: EngineWorld) {
    this.network = {
      isEncrypted: false,
      listen: (address) => {
        const listener = world.network.listen(address);
        this.ports.add(listener.address.port);
        return listener;
      },
      connect: async (address, signal) => {
        const other = world.machines.findLast(({ ports }) => ports.has(address.port));
        const blocked = this.isDead || other === undefined || other.isDead ||
          this.unreachable.has(other);
        if (blocked && this.isCutOff) return await untilAborted(signal);
        if (blocked) throw new LineError(LineErrorCode.Unreachable, "Cannot reach it");
        const stream = world.network.connect(address, signal);
        const link = world.network.links.at(-1) as MemoryLink;
        this.links.push(link);
        other.links.push(link);
        // The system of a stopped process takes lines, and nobody says anything on them.
        if (this.isStalled || other.isStalled) link.stall();
        return await stream;
      },
    };
  }

  /** Cuts all lines; nothing comes or goes any more. */
  die(): void {
    this.isDead = true;
    for (const link of this.links) link.cut();
  }

  /** What a stopped process looks like from outside. */
  stall(): void {
    this.isStalled = true;
    for (const link of this.links) link.stall();
  }

  /** Ends a stall. */
  resume(): void {
    this.isStalled = false;
    for (const link of this.links) link.resume();
  }
}

function untilAborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** A worker of the world. */
export interface WorldWorker {
  readonly id: string;
  readonly machine: Machine;
  readonly folder: MemoryFolder;
  readonly runner: ToyRunner;
  readonly events: WorkerEvent[];
  readonly end: Promise<WorkerEnd>;
  /** As SIGTERM does. */
  readonly stop: () => void;
  /** As SIGKILL does: from now on nothing of it is seen. */
  readonly kill: () => void;
}

/** Options of a world. */
export interface WorldOptions {
  readonly texts: readonly string[];
  readonly partitions?: number;
  readonly plan?: Partial<JobPlan>;
  readonly seed?: number;
  /** What each line does to its bytes, each way or only on the way from who listens. */
  readonly path?: PathSettings;
  readonly back?: PathSettings;
}

/** Words, many of them often. */
export function randomTexts(random: Random, inputs: number, words: number): string[] {
  return Array.from(
    { length: inputs },
    () =>
      Array.from({ length: random.below(words) + 1 }, () => `w${random.below(words)}`).join(" "),
  );
}

/** A coordinator and workers. */
export class EngineWorld {
  readonly clock = new FakeClock();
  readonly random: Random;
  readonly network: MemoryNetwork;
  readonly machines: Machine[] = [];
  readonly token = newToken();
  readonly plan: JobPlan;
  readonly events: EngineEvent[] = [];
  readonly workers: WorldWorker[] = [];
  output = new MemoryFolder();
  coordinator: Coordinator | undefined;
  coordinatorMachine: Machine | undefined;
  /** Bytes that the coordinator read for workers. */
  readBytes = 0;
  readonly #texts: readonly string[];
  readonly #partitions: number;
  readonly #controllers: AbortController[] = [];
  readonly #ends: Promise<unknown>[] = [];
  readonly #coordinators: (() => void)[] = [];
  #port = 0;

  constructor({ texts, partitions = 3, plan, seed = 1, path = {}, back = path }: WorldOptions) {
    this.random = new Random(seed);
    const random = () => this.random.uint32() / 2 ** 32;
    this.network = new MemoryNetwork({ clock: this.clock, random, there: path, back });
    this.#texts = texts;
    this.#partitions = partitions;
    this.plan = { ...toyPlan(texts, partitions), ...plan };
  }

  /** Starts a coordinator. Its address is the same each time. */
  start(parts: Partial<CoordinatorParts> = {}): { result: Promise<JobResult>; stop: () => void } {
    const controller = new AbortController();
    this.#controllers.push(controller);
    const machine = this.#machine();
    this.coordinatorMachine = machine;
    const coordinator = this.coordinator = new Coordinator({
      clock: this.clock,
      network: machine.network,
      address: { host: "127.0.0.1", port: this.#port },
      tokens: [this.token],
      plan: this.plan,
      output: this.output,
      isResumed: false,
      run: "run-1",
      openInput: ({ number, name }) => {
        const text = this.#texts[number];
        if (text === undefined) throw new InputError("unreadable", `Cannot read ${name}`);
        const bytes = new TextEncoder().encode(text);
        return Promise.resolve({
          size: bytes.length,
          read: (offset, length) => {
            this.readBytes += Math.min(length, bytes.length - offset);
            return Promise.resolve(bytes.subarray(offset, offset + length));
          },
          [Symbol.asyncDispose]: () => Promise.resolve(),
        });
      },
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === "listening") this.listening(event.address);
        this.events.push(event);
      },
      ...parts,
    });
    const result = coordinator.run();
    result.catch(() => {});
    this.#ends.push(result);
    const stop = () => controller.abort(new DOMException("stop", "AbortError"));
    this.#coordinators.push(stop);
    return { result, stop };
  }

  /** From now on workers come there. */
  listening({ port }: Address): void {
    this.#port = port;
  }

  /** The coordinator's machine dies; what was synced stays. */
  crash(): void {
    this.coordinatorMachine?.die();
    this.output = this.output.crash();
    for (const stop of this.#coordinators.splice(0)) stop();
  }

  /** Starts a worker that has a copy of each input, unless told otherwise. */
  work(
    toy: Partial<ToyOptions> & { readonly hasCopies?: boolean } = {},
    parts: Partial<WorkerParts> = {},
  ): WorldWorker {
    const id = `w${this.workers.length}`;
    const machine = this.#machine();
    const folder = new MemoryFolder();
    const controller = new AbortController();
    const copies = new Map(this.#texts.map((text, i) => [`/texts/${i}`, text]));
    const { hasCopies = true, ...options } = toy;
    const runner = new ToyRunner({
      ...{ clock: this.clock, partitions: this.#partitions, copies, ...options },
    });
    const events: WorkerEvent[] = [];
    const end = runWorker({
      clock: this.clock,
      network: machine.network,
      coordinator: { host: "127.0.0.1", port: this.#port },
      token: this.token,
      id,
      host: `host-${id}`,
      pid: 100 + this.workers.length,
      slots: 2,
      shuffleHost: "127.0.0.1",
      folder,
      openRunner: () => Promise.resolve(runner),
      ownCopy: ({ name }) => Promise.resolve(hasCopies ? name : undefined),
      timeoutMs: 60_000,
      signal: controller.signal,
      onEvent: (event) => events.push(event),
      random: () => this.random.uint32() / 2 ** 32,
      ...parts,
    });
    end.catch(() => {});
    this.#ends.push(end);
    const stop = () => controller.abort(new DOMException("stop", "AbortError"));
    const kill = () => {
      machine.die();
      stop();
    };
    const worker = { id, machine, folder, runner, events, end, stop, kill };
    this.workers.push(worker);
    return worker;
  }

  /** Lets time pass until the promise is settled. */
  until<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    return this.clock.runUntil(promise, limitMs);
  }

  /** Lets time pass, in small steps, until it holds. */
  async untilHolds(holds: () => boolean, what: string): Promise<void> {
    for (let i = 0; i < 100_000; i++) {
      if (holds()) return;
      await this.clock.advance(10);
    }
    assert.fail(`waited in vain for ${what}`);
  }

  /** Whether an attempt began somewhere. */
  hasStarted(kind: AttemptName["kind"]): boolean {
    return this.events.some((event) =>
      event.type === "attempt" && event.change === "started" && event.name.kind === kind
    );
  }

  /** The output must be what the plain way gives, and nothing else may be there. */
  checkOutput(): void {
    const expected = toyOracle(this.#texts, this.#partitions);
    for (const [partition, text] of expected.entries()) {
      assert.equal(this.output.text(partName(partition)), text, partName(partition));
    }
    const names = ["_SUCCESS", "_journal", ...expected.keys().map(partName)].sort();
    assert.deepEqual(this.output.names, names);
  }

  /** Ends what still runs, and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.workers) worker.stop();
    for (const controller of this.#controllers) {
      controller.abort(new DOMException("end", "AbortError"));
    }
    await this.until(Promise.allSettled(this.#ends));
  }

  #machine(): Machine {
    const machine = new Machine(this);
    this.machines.push(machine);
    return machine;
  }
}
