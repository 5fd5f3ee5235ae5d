import { attemptKey } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { Coordinator } from "../../../lib/mapreduce/engine/coordinator.ts";
import type { EngineEvent } from "../../../lib/mapreduce/engine/coordinator_types.ts";
import type { JobResult } from "../../../lib/mapreduce/engine/job_result.ts";
import { JOURNAL_NAME } from "../../../lib/mapreduce/engine/journal.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import { newToken } from "../../../lib/transport/token.ts";
import type { Sim } from "../core/sim.ts";
import type { SimMachine } from "../core/sim_machine.ts";
import type { SimProcess } from "../core/sim_process.ts";
import { limitsWith, outputWith } from "./bugs.ts";
import { checkResult } from "./check_result.ts";
import { Crew, type CrewJob } from "./crew.ts";
import { DeadlyMoment } from "./deadly_moment.ts";
import { JournalWatch } from "./journal_watch.ts";
import { CREDIT_BYTES, MemoryGauges } from "./memory_gauges.ts";
import { SimFiles } from "./sim_files.ts";
import { openToyInput, type ToyWork, toyWork } from "./toy_work.ts";

/** Where the coordinator listens. */
const ADDRESS = { host: "127.0.0.1", port: 7790 } as const;

/** Names of the machines that may work. */
export const WORKERS = ["w1", "w2", "w3", "w4"] as const;

/** Bytes that the lines of one process may buffer. */
const BUDGET_BYTES = 8 * 1024 * 1024;

/** Why a run may fail when something was wrong: a full disk, stalls, deaths, and the toy's own throws. */
const REASONS =
  /no space left|no progress for|cannot be read where|workers died|dice said so|No worker for|line to the coordinator|is not here|Cannot read \/texts|slots are taken/;

/** A job, whoever works at it, and an operator who goes on with it when it has failed. */
export class MapreduceWorld {
  readonly sim: Sim;
  readonly work: ToyWork;
  readonly output = new SimFiles();
  readonly coordinator: SimMachine;
  readonly crews: readonly Crew[];
  readonly gauges: MemoryGauges;
  /** Whether nothing is to go wrong any more, but for what lasts. */
  isCalm = false;
  /** How the job ended, at last. */
  end: JobResult | undefined;
  readonly #token = newToken();
  readonly #watch: JournalWatch;
  readonly #deadly: DeadlyMoment;
  #budget = new MemoryBudget(BUDGET_BYTES);
  #current: Coordinator | undefined;
  /** Runs that began when all was calm, and failed. */
  #failures = 0;
  #runs = 0;
  /** How many machines work. */
  readonly #count: number;

  constructor(sim: Sim) {
    this.sim = sim;
    this.work = toyWork(sim);
    this.#watch = new JournalWatch(sim, this.work, this.output);
    this.#deadly = new DeadlyMoment(sim, this.work.fate === "full" ? 0 : this.work.partitions);
    const random = sim.stream("machines");
    this.#count = this.work.isLarge ? 2 : random.between(2, WORKERS.length);
    this.output.isUnbuffered = this.work.isLarge || random.oneIn(3);
    if (this.work.fate === "full") this.output.limitBytes = 512 * random.between(0, 1);
    this.coordinator = sim.machine({
      name: "coordinator",
      path: { delayUs: random.below(20_000), jitterUs: random.below(5000) },
      boot: (process) => this.#bootCoordinator(process),
      loseUnsynced: (dice) => this.output.loseUnsynced(dice),
    });
    if (this.work.isLarge || random.oneIn(3)) {
      this.coordinator.disk.ownMs = random.between(20, 200);
    }
    const job: CrewJob = {
      ...{ work: this.work, coordinator: ADDRESS, token: this.#token, budgetBytes: BUDGET_BYTES },
      timeoutMs: random.pick([20_000, 60_000]),
      canMeet: this.work.isLarge ? random.oneIn(3) : !random.oneIn(3),
      isCalm: () => this.isCalm,
      isOver: () => this.end !== undefined,
    };
    const has = random.pick([0, 1, 2] as const);
    const slow = random.pick(WORKERS.slice(0, 2));
    this.crews = WORKERS.map((name) => {
      const isSlow = this.work.isLarge ? name === slow : random.oneIn(6);
      const bytesPerSecond = isSlow ? random.between(20_000, 100_000) : Infinity;
      return new Crew(sim, name, job, random, { has, bytesPerSecond });
    });
    this.gauges = new MemoryGauges({
      relays: sim.hasBug("relay-unlimited"),
      uploads: sim.hasBug("upload-unlimited"),
    });
    this.#watchMemory();
  }

  /** Starts everybody, some of them later. */
  async start(): Promise<void> {
    const random = this.sim.stream("starts");
    await this.coordinator.start();
    if (this.work.fate === "alone") return;
    const count = this.#count;
    for (const { machine } of this.crews.slice(0, count)) {
      const atMs = random.oneIn(4) ? random.below(10_000) : random.below(500);
      this.sim.clock.after(atMs, () => void machine.start());
    }
  }

  /** Now and then hardly any room is left on the coordinator's disk, until somebody makes some. */
  crowd(untilMs: number): void {
    const { sim, output, work } = this;
    const random = sim.stream("crowds");
    if (work.fate === "full" || random.oneIn(2)) return;
    for (let count = random.between(1, 8); count > 0; count--) {
      const fromMs = random.below(untilMs);
      const forMs = Math.min(random.between(50, 2000), untilMs - fromMs);
      sim.clock.after(fromMs, () => {
        sim.count("hardly any room");
        sim.note("hardly any room is left for the output");
        output.limitBytes = output.usedBytes + (random.oneIn(2) ? 0 : random.below(1000));
      });
      sim.clock.after(fromMs + forMs, () => output.limitBytes = Infinity);
    }
  }

  /** Whether nobody works any more. */
  get isOver(): boolean {
    return this.end !== undefined && this.crews.every(({ isRunning }) => !isRunning);
  }

  /** Who has not come to an end, for people. */
  get missing(): string {
    const status = this.#current?.status();
    const still = this.crews.filter(({ isRunning }) => isRunning).map(({ machine }) =>
      machine.name
    );
    const { phase, done, running } = status ?? {};
    return `job ${this.end?.outcome ?? "runs"}, ${phase}, through ${
      JSON.stringify(done)
    }, running ${JSON.stringify(running)}, workers that are there: ${still.join(" ") || "none"}`;
  }

  /** Compares the output with that of the plain way. @param isNow whether the run has just ended */
  checkOutput(isNow = false): void {
    const { sim, work, output, end } = this;
    if (end !== undefined) checkResult({ sim, work, output, watch: this.#watch }, end, isNow);
  }

  /** What ended must have left nothing. */
  checkClean(): void {
    const { sim } = this;
    sim.check(
      "ends",
      this.#budget.usedBytes === 0,
      `coordinator holds ${this.#budget.usedBytes} bytes`,
    );
    for (const { machine, budget, files, workers } of this.crews) {
      if (workers === 0) continue;
      const { name } = machine;
      sim.check("ends", budget.usedBytes === 0, () => `${name} holds ${budget.usedBytes} bytes`);
      const left = files.names;
      sim.check("ends", left.length === 0, () => `${name} leaves ${left.slice(0, 5).join(" ")}`);
    }
    const { pendingTimers } = sim.clock;
    sim.check("ends", pendingTimers === 0, `${pendingTimers} timers are left`);
  }

  #watchMemory(): void {
    const { sim, gauges } = this;
    // Each on its line, and something on a line that is lost, which nobody has found out.
    const most = (this.#count + 0.5) * CREDIT_BYTES;
    sim.watch("bytes relayed at the coordinator", most, () => gauges.relayedBytes);
    sim.watch("bytes uploaded to the coordinator", most, () => gauges.uploadedBytes);
    sim.watch("buffers of the coordinator", BUDGET_BYTES / 2, () => this.#budget.usedBytes);
    for (const crew of this.crews) {
      const { name } = crew.machine;
      sim.watch(`buffers of ${name}`, BUDGET_BYTES / 2, () => crew.budget.usedBytes);
    }
  }

  async #bootCoordinator(process: SimProcess): Promise<void> {
    if (this.end !== undefined) return;
    const { sim, work, output } = this;
    const isResumed = output.names.includes(JOURNAL_NAME);
    const wasCalm = this.isCalm;
    this.#runs++;
    this.gauges.reset();
    this.#budget = new MemoryBudget(BUDGET_BYTES);
    const coordinator = this.#current = new Coordinator({
      ...{ clock: process.clock, network: process.network, address: ADDRESS, plan: work.plan },
      tokens: [this.#token],
      output: outputWith(sim, this.#deadly.folderOf(this.coordinator, output.folderOf(process))),
      isResumed,
      run: `run-${this.#runs}`,
      openInput: ({ number, name }) => openToyInput(work, number, name),
      signal: new AbortController().signal,
      onEvent: (event) => this.#onEvent(event),
      limits: limitsWith(sim),
      budget: this.#budget,
    });
    const run = coordinator.run();
    run.then(
      (result) => this.#onResult(process, result, wasCalm),
      (error: unknown) => this.#onRefused(process, error),
    );
    await Promise.resolve();
  }

  #onEvent(event: EngineEvent): void {
    const { sim } = this;
    this.#watch.saw(event);
    if (event.type === "worker") {
      sim.count(`worker ${event.change}`);
      sim.note(`coordinator: ${event.worker} ${event.change} ${event.message ?? ""}`);
    }
    if (event.type === "attempt") {
      if (event.isBackup) sim.count("backup");
      sim.count(`attempt ${event.change}`);
      const what = `${attemptKey(event.name)} ${event.change} at ${event.worker}`;
      if (event.change !== "started") sim.note(`${what} ${event.message ?? ""}`);
    }
    if (event.type === "lost") sim.note(`map task ${event.task} is left out: ${event.message}`);
  }

  #onResult(process: SimProcess, result: JobResult, wasCalm: boolean): void {
    const { sim, work } = this;
    const { outcome, code, message = "" } = result;
    const { relayedBytes = 0, sentInputBytes = 0 } = this.#current?.status() ?? {};
    if (relayedBytes > 0) sim.count("relayed");
    if (sentInputBytes > 0) sim.count("inputs sent");
    if (result.refused > 0) sim.count("refused what was superseded");
    if (result.earlier.reduces > 0) sim.count("took outputs of an earlier life");
    if (result.earlier.maps > 0) sim.count("took maps of an earlier life");
    sim.count(`outcome ${outcome} ${code ?? ""}`.trim());
    sim.note(`the run ends: ${outcome} ${code ?? ""} ${message}`);
    if (outcome === "done" || outcome === "partial") {
      const isPossible = work.fate !== "full" && work.fate !== "alone" &&
        work.fate !== "unreadable";
      sim.check("oracle", isPossible, `${outcome}, though it cannot be done: ${work.fate}`);
      const isLeftOut = work.plan.onError === "skip";
      sim.check(
        "oracle",
        outcome === "done" ? !isLeftOut : isLeftOut,
        `${outcome} for ${work.fate}`,
      );
      this.end = result;
      return this.checkOutput(true);
    }
    sim.check("quiet", REASONS.test(message), () => `the run fails for no reason: ${message}`);
    if (!wasCalm) return this.#again(process);
    const codes = { unreadable: "task-failed", full: "disk", alone: "no-workers" } as const;
    if (work.fate === "done" || work.fate === "left-out") {
      sim.fail("ends", `all is well, and the run fails: ${code}, ${message}`);
      this.end = result;
      return;
    }
    sim.check(
      "ends",
      code === codes[work.fate],
      () => `${work.fate}, but it ends: ${code} ${message}`,
    );
    if (work.fate === "unreadable") {
      const isNamed = message.includes(`/texts/${work.unreadable}: permission denied`);
      sim.check("ends", isNamed, () => `what cannot be read is not named: ${message}`);
    }
    this.#giveUpOr(process, result);
  }

  /** A run cannot begin: the disk is full. */
  #onRefused(process: SimProcess, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.sim.note(`the run cannot begin: ${message}`);
    this.sim.count("cannot begin");
    this.sim.check("quiet", REASONS.test(message), () => `cannot begin for no reason: ${message}`);
    const failed = { outcome: "failed", code: "disk", message, lost: [], counters: {} };
    if (this.isCalm) this.#giveUpOr(process, failed as unknown as JobResult);
    else this.#again(process);
  }

  #giveUpOr(process: SimProcess, result: JobResult): void {
    if (++this.#failures >= 2) this.end = result;
    else this.#again(process);
  }

  /** The operator looks at it after a while. */
  #again(process: SimProcess): void {
    process.clock.after(this.sim.stream(`again ${this.#runs}`).between(500, 5000), () => {
      this.sim.note(`the operator goes on`);
      void this.coordinator.start();
    });
  }
}
