import { askReport } from "../../../lib/collect/report_client.ts";
import { sleep } from "../../../lib/clock/sleep.ts";
import { LineError } from "../../../lib/transport/line_error.ts";
import type { PathSettings } from "../../../lib/transport/memory_path.ts";
import type { FaultKind } from "../core/fault.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";
import type { SimMachine } from "../core/sim_machine.ts";
import type { SimProcess } from "../core/sim_process.ts";
import type { Random } from "../../random.ts";
import { checkReport, checkStore, type StoreCheck } from "./check_store.ts";
import { bugsOf, COLLECT_BUGS } from "./collect_bugs.ts";
import { SampleBook } from "./sample_book.ts";
import { type ClientPlan, SimClient } from "./sim_client.ts";
import { BUDGET_BYTES, SERVER_ADDRESS, SimServer } from "./sim_server.ts";

const CLIENTS = ["attic", "barn", "cellar", "dock", "shed"] as const;

/** How long faults happen, in milliseconds. */
const FAULTS_MS = 10_000;

/** How long samples are taken after that. */
const CALM_MS = 1500;

/** Bytes that the server may buffer at most: some connections that are gone, too. */
const SERVER_BUFFERS = 512 * 1024;

const LINE_FAULTS: readonly FaultKind[] = ["cut", "vanish", "stall", "part", "slow-line"];
const PROCESS_FAULTS: readonly FaultKind[] = ["kill", "power", "freeze", "slow-disk"];
const CLOCK_FAULTS: readonly FaultKind[] = ["step", "step", "step", "drift"];

const CLIENT_FAULTS = [...LINE_FAULTS, ...PROCESS_FAULTS, ...CLOCK_FAULTS];
const SERVER_FAULTS: readonly FaultKind[] = [
  "cut",
  ...CLIENT_FAULTS,
  "full-disk",
  "full-disk",
  "storm",
  "storm",
];

/** Clients with clocks of their own sample for a server that is killed, cut off, and short of room. */
export const collectScenario: Scenario = {
  name: "collect",
  about:
    "a server and two to five clients that sample, some with a spool; clocks are set and drift",
  menus: [
    { machine: "server", kinds: SERVER_FAULTS, weight: 4 },
    ...CLIENTS.map((machine, at) => ({ machine, kinds: CLIENT_FAULTS, weight: at < 2 ? 3 : 1 })),
  ],
  faultsMs: FAULTS_MS,
  bugs: COLLECT_BUGS,
  run: async (sim) => await new CollectRun(sim).run(),
};

/** One run. */
class CollectRun {
  readonly #sim: Sim;
  readonly #books = new SampleBook();
  readonly #server: SimServer;
  readonly #serverMachine: SimMachine;
  readonly #clients: SimClient[];
  readonly #parts: StoreCheck;
  #isAsking = true;

  constructor(sim: Sim) {
    this.#sim = sim;
    const random = sim.stream("plan");
    const server = this.#server = new SimServer(bugsOf(sim));
    this.#serverMachine = sim.machine({
      name: "server",
      ppm: clockPpm(random),
      path: { delayUs: random.pick([0, 50, 1000]), jitterUs: random.pick([0, 20, 500]) },
      boot: (process) => server.boot(process),
    });
    this.#serverMachine.disk.ownMs = random.pick([0, 0, 50, 400, 1500]);
    const plans = makePlans(random);
    this.#clients = plans.map((plan) => this.#addClient(plan, random));
    for (const name of CLIENTS.slice(plans.length)) sim.machine({ name, boot: () => {} });
    const truths = new Map(this.#clients.map(({ plan: { name }, truth }) => [name, truth]));
    this.#parts = {
      sim,
      books: this.#books,
      content: server.content,
      truthOf: (clientId) => truths.get(clientId),
    };
    this.#watch(plans);
  }

  async run(): Promise<void> {
    const sim = this.#sim;
    for (const machine of sim.machines) await machine.start();
    const asker = sim.machine({ name: "asker", boot: (process) => void this.#ask(process) });
    await asker.start();
    this.#setBack();
    await sim.play(FAULTS_MS);
    await sim.advanceTo(FAULTS_MS + CALM_MS);
    for (const client of this.#clients) client.stopSampling();
    this.#isAsking = false;
    for (const client of this.#clients) {
      const { name } = client.plan;
      const isQuiet = () => client.isQuiet || sim.failure !== undefined;
      await sim.until(isQuiet, () => `${name}: ${client.waiting} samples wait`);
    }
    if (sim.failure !== undefined) return;
    sim.note("all is acknowledged");
    await this.#stop();
    if (sim.failure !== undefined) return;
    await checkStore(this.#parts);
  }

  /** Ends everything in good order, and looks whether nothing is left. */
  async #stop(): Promise<void> {
    const sim = this.#sim;
    const stopped = Promise.all(this.#clients.map((client) => client.stop()));
    if (!await sim.done(stopped, "the clients do not end")) return;
    if (!await sim.done(this.#server.stop(), "the server does not end")) return;
    await sim.until(() => this.#serverMachine.disk.waiting === 0, "the disk is still busy");
    await sim.until(() => sim.clock.pendingTimers === 0, "timers are left", 30_000);
    const budgets = [
      ["the server", this.#server.running?.budget] as const,
      ...this.#clients.map(({ plan, running }) => [plan.name, running?.budget] as const),
    ];
    for (const [name, budget] of budgets) {
      sim.check("ends", budget?.usedBytes === 0, `${name} holds ${budget?.usedBytes} bytes`);
    }
    const size = this.#server.running?.collect.clients.size;
    sim.check("ends", size === 0, `the server still has ${size} clients`);
  }

  #addClient(plan: ClientPlan, random: Random): SimClient {
    const server = { program: this.#server, machine: this.#serverMachine };
    const client = new SimClient(this.#sim, plan, server, this.#books);
    client.machine = this.#sim.machine({
      name: plan.name,
      offsetUs: random.pick([-1, 1]) * Math.floor(10 ** (random.below(105) / 10)),
      ppm: clockPpm(random),
      path: clientPath(random),
      boot: (process) => client.boot(process),
      loseUnsynced: () => client.files.losePower(),
    });
    return client;
  }

  #watch(plans: readonly ClientPlan[]): void {
    const sim = this.#sim;
    for (const client of this.#clients) {
      const { name, maxEntries } = client.plan;
      sim.watch(`samples that wait at ${name}`, maxEntries, () => client.waiting);
      const used = () => client.running?.budget.usedBytes ?? 0;
      sim.watch(`bytes that ${name} buffers`, BUDGET_BYTES / 8, used);
    }
    const most = 20 * plans.reduce((sum, { maxEntries }) => sum + maxEntries, 0);
    const queued = () => this.#server.running?.store.queuedSamples ?? 0;
    sim.watch("samples that wait for their commit", most, queued);
    const used = () => this.#server.running?.budget.usedBytes ?? 0;
    sim.watch("bytes that the server buffers", SERVER_BUFFERS, used);
    const size = () => this.#server.running?.collect.clients.size ?? 0;
    sim.watch("connections of the server", 8 * plans.length, size);
  }

  /** Some clocks are set back by whole seconds, so that the same times come again. */
  #setBack(): void {
    const sim = this.#sim;
    const random = sim.stream("set back");
    for (const { machine } of this.#clients) {
      if (!random.oneIn(6)) continue;
      sim.clock.after(random.between(2000, FAULTS_MS), () => {
        sim.note(`the clock of ${machine.name} is set back by a second`);
        machine.clock.step(-1e6);
      });
    }
  }

  /** `tram collect report --live`, again and again. */
  async #ask(process: SimProcess): Promise<void> {
    const { clock, network } = process;
    const { signal } = new AbortController();
    const how = { ...SERVER_ADDRESS, clientId: "asker", timeoutMs: 2000, clock, network, signal };
    while (this.#isAsking) {
      await sleep(clock, 1900);
      try {
        const { clients } = await askReport(how);
        this.#sim.count("reports");
        for (const { clientId, sessions } of clients) {
          for (const session of sessions) checkReport(this.#parts, clientId, session);
        }
      } catch (error) {
        if (!(error instanceof LineError)) this.#sim.fail("quiet", `the asker failed: ${error}`);
        this.#sim.count("reports that did not come");
      }
    }
  }
}

function clockPpm(random: Random): number {
  return random.oneIn(3) ? 0 : random.between(-200, 200);
}

function clientPath(random: Random): PathSettings {
  return {
    delayUs: random.pick([30, 200, 2000, 20_000, 60_000]),
    jitterUs: random.pick([0, 30, 300, 5000]),
    ...(random.oneIn(4) && { maxWriteBytes: random.between(1, 100) }),
  };
}

function makePlans(random: Random): readonly ClientPlan[] {
  const count = random.pick([2, 2, 2, 3, 3, 4, 5]);
  return CLIENTS.slice(0, count).map((name, at) => ({
    name,
    intervalMs: random.pick([10, 40, 60, 80]),
    maxEntries: random.pick([30, 200, 100_000]),
    hasSpool: at % 2 === 0,
  }));
}
