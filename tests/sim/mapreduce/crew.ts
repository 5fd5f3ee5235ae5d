import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { runWorker } from "../../../lib/mapreduce/engine/run_worker.ts";
import { TaskError } from "../../../lib/mapreduce/engine/task_runner.ts";
import { LineError, LineErrorCode } from "../../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import type { Address, Network } from "../../../lib/transport/network.ts";
import type { Token } from "../../../lib/transport/token.ts";
import type { Random } from "../../random.ts";
import { ToyRunner } from "../../mapreduce/engine/toy_job.ts";
import type { Sim } from "../core/sim.ts";
import type { SimMachine } from "../core/sim_machine.ts";
import type { SimProcess } from "../core/sim_process.ts";
import { copiesWith, runnerWith } from "./bugs.ts";
import { SimFiles } from "./sim_files.ts";
import type { ToyWork } from "./toy_work.ts";

/** What workers know of their job. */
export interface CrewJob {
  readonly work: ToyWork;
  readonly coordinator: Address;
  readonly token: Token;
  /** How long a worker waits for the coordinator, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether workers reach one another; else each run goes through the coordinator. */
  readonly canMeet: boolean;
  /** Bytes that the lines of one worker may buffer. */
  readonly budgetBytes: number;
  /** Whether attempts hang and throw no more. */
  readonly isCalm: () => boolean;
  /** Whether there is nothing left to do. */
  readonly isOver: () => boolean;
}

/** A machine that works: one worker after the other, as they die and end. */
export class Crew {
  readonly machine: SimMachine;
  files = new SimFiles();
  budget: MemoryBudget;
  /** Whether a worker is there that has not ended. */
  isRunning = false;
  /** Workers so far. */
  workers = 0;
  readonly #sim: Sim;
  readonly #job: CrewJob;
  /** Inputs that it has. */
  readonly #copies: ReadonlyMap<string, string>;
  readonly #slots: number;
  /** Whether its workers have the same id each time. */
  readonly #keepsId: boolean;

  /**
   * @param has how many of the inputs it has: 0 for all, 1 for some, 2 for none
   * @param bytesPerSecond of its line
   */
  constructor(
    sim: Sim,
    name: string,
    job: CrewJob,
    random: Random,
    { has, bytesPerSecond }: { readonly has: 0 | 1 | 2; readonly bytesPerSecond: number },
  ) {
    this.#sim = sim;
    this.#job = job;
    this.budget = new MemoryBudget(job.budgetBytes);
    this.machine = sim.machine({
      name,
      path: { delayUs: random.below(30_000), jitterUs: random.below(10_000), bytesPerSecond },
      boot: (process) => this.#boot(process),
    });
    const copies = new Map<string, string>();
    for (const [number, text] of job.work.texts.entries()) {
      const isHere = has === 0 || has === 1 && random.oneIn(2);
      if (isHere && number !== job.work.unreadable) copies.set(`/texts/${number}`, text);
    }
    this.#copies = copiesWith(sim, copies);
    this.#slots = random.between(1, 2);
    this.#keepsId = random.oneIn(3);
  }

  #boot(process: SimProcess): void {
    const { work, coordinator, token, timeoutMs, canMeet, budgetBytes, isOver } = this.#job;
    this.files = new SimFiles(); // what a dead one has left goes when the next one starts
    this.budget = new MemoryBudget(budgetBytes);
    this.isRunning = !isOver();
    if (!this.isRunning) return;
    const { name } = this.machine;
    const number = ++this.workers;
    if (number > 1) this.#sim.count("worker started again");
    const random = this.#sim.stream(`work of ${name} ${number}`);
    const { clock } = process;
    const toy = new ToyRunner({
      ...{ clock, partitions: work.partitions, copies: this.#copies },
      plan: (name) => this.#takes(name, random),
    });
    const id = this.#keepsId ? name : `${name}-${number}`;
    const run = runWorker({
      ...{ clock, id, coordinator, token, host: name, pid: number, timeoutMs },
      network: canMeet ? process.network : onlyTo(coordinator.port, process.network),
      ...(!this.#keepsId && { secret: `secret of ${id}` }),
      slots: this.#slots,
      shuffleHost: "127.0.0.1",
      folder: this.files.folderOf(process),
      openRunner: () => Promise.resolve(runnerWith(this.#sim, toy)),
      ownCopy: ({ name }) => Promise.resolve(this.#copies.has(name) ? name : undefined),
      signal: new AbortController().signal,
      random: () => random.uint32() / 2 ** 32,
      budget: this.budget,
    });
    const onEnd = (how: string) => {
      this.#sim.note(`${id} ends: ${how}`);
      this.#onEnd(process, number, random);
    };
    run.then(
      ({ outcome, message }) => onEnd(`${outcome} ${message ?? ""}`),
      (error: unknown) => {
        const why = error instanceof Error ? error.stack : String(error);
        this.#sim.fail("quiet", `${id} fails: ${why}`);
        onEnd("failed");
      },
    );
  }

  /** Somebody starts another one, as long as there is something to do. */
  #onEnd(process: SimProcess, number: number, random: Random): void {
    if (this.workers !== number) return;
    this.isRunning = false;
    process.clock.after(random.between(500, 3000), () => {
      if (!this.#job.isOver() && this.workers === number) void this.machine.start();
    });
  }

  /** How long an attempt takes. @throws {TaskError} now and then */
  #takes({ kind }: AttemptName, random: Random): number | "hang" {
    const { work: { mostMs, isTroubled }, isCalm } = this.#job;
    const ms = random.below(kind === "map" ? mostMs : 2 * mostMs);
    if (!isTroubled || isCalm()) return ms;
    if (random.oneIn(25)) throw new TaskError("the dice said so", { isWorkers: random.oneIn(2) });
    if (!random.oneIn(kind === "map" ? 25 : 10)) return ms;
    this.#sim.count("hung");
    return "hang";
  }
}

/** A network on which only one port can be reached. */
function onlyTo(port: number, network: Network): Network {
  return {
    ...network,
    connect: (address, signal) => {
      if (address.port === port) return network.connect(address, signal);
      return Promise.reject(new LineError(LineErrorCode.Unreachable, "Cannot reach it: no route"));
    },
  };
}
