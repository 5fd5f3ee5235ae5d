/**
 * A model test of `Connection`: lives one random life over `MemoryNetwork` and says which of the
 * contracts did not hold. To look into a seed that failed:
 *
 * ```sh
 * deno eval 'import { runSeed } from "./tests/transport/connection_model.ts"; console.log(await runSeed(17))'
 * ```
 */
import { FakeClock, settle } from "../../lib/clock/fake_clock.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen, type Server } from "../../lib/transport/listen.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { type MemoryLink, MemoryNetwork } from "../../lib/transport/memory_network.ts";
import type { MemoryPath } from "../../lib/transport/memory_path.ts";
import { Random } from "../random.ts";
import { brokenBy, leftovers } from "./model_invariants.ts";
import {
  type Action,
  endsInPeace,
  LONGEST_STALL_MS,
  makeScenario,
  type Part,
  type Scenario,
  type SideName,
  type Step,
} from "./model_scenario.ts";
import { modelService, ModelSide } from "./model_side.ts";
import { poisoned } from "./world.ts";

/** Within this time of the fake clock a connection is over once it was told to end. */
const MOST_CLOSING_MS = 60_000;

/** How often held bulk is given back at the end, in milliseconds. */
const RELEASE_INTERVAL_MS = 250;

/** What came of a seed. */
export interface Outcome {
  readonly seed: number;
  /** How both sides ended, as `client/server`, such as `done+/done`; `+` is for confirmed. */
  readonly ends: string;
  /** What contradicts the contracts; empty when all is well. */
  readonly problems: readonly string[];
  /** What was done, for reading when there are problems. */
  readonly history: readonly string[];
}

/** Lives the life that belongs to `seed`. */
export async function runSeed(seed: number): Promise<Outcome> {
  const model = new Model(makeScenario(seed), seed);
  using _ = model.watchRejections();
  try {
    await model.run();
  } catch (error) {
    model.problems.push(`it could not go on: ${error}`);
  }
  return { seed, ...model.outcome };
}

class Model {
  readonly problems: string[] = [];
  readonly #history: string[] = [];
  readonly #scenario: Scenario;
  readonly #clock = new FakeClock();
  readonly #network: MemoryNetwork;
  readonly #budget: MemoryBudget;
  readonly #sides: Readonly<Record<SideName, ModelSide>>;
  readonly #server: Server<typeof modelService.kinds>;
  #timers = 0;
  #isReleasing = false;

  constructor(scenario: Scenario, seed: number) {
    const random = new Random(~seed);
    const { there, back, budgetBytes } = scenario;
    this.#scenario = scenario;
    this.#network = new MemoryNetwork({
      clock: this.#clock,
      there,
      back,
      random: () => random.uint32() / 2 ** 32,
    });
    this.#budget = new MemoryBudget(budgetBytes);
    this.#sides = {
      client: this.#makeSide("client", random),
      server: this.#makeSide("server", random),
    };
    const { client, server } = this.#sides;
    this.#server = listen(modelService, this.#environment, (connection) => {
      server.attach(connection);
      return poisoned(server.handlers(client));
    });
  }

  get outcome(): Omit<Outcome, "seed"> {
    const { client, server } = this.#sides;
    return {
      ends: `${endOf(client)}/${endOf(server)}`,
      problems: this.problems,
      history: this.#history,
    };
  }

  /** Takes rejections that nobody handles for problems. */
  watchRejections(): Disposable {
    const listener = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      this.problems.push(`a rejection was not handled: ${event.reason}`);
    };
    addEventListener("unhandledrejection", listener);
    return { [Symbol.dispose]: () => removeEventListener("unhandledrejection", listener) };
  }

  async run(): Promise<void> {
    await this.#connect();
    for (const step of this.#scenario.steps) {
      await this.#take(step);
      const { client, server } = this.#sides;
      if (!client.connection?.isOpen || server.connection?.isOpen === false) this.#releaseAtEnd();
    }
    this.#releaseAtEnd();
    for (const step of this.#scenario.ending) await this.#take(step);
    await this.#waitUntilClosed();
    const { client, server } = this.#sides;
    const peaceful = endsInPeace(this.#scenario);
    this.problems.push(
      ...brokenBy(client, server, peaceful),
      ...brokenBy(server, client, peaceful),
    );
    this.#lookForLeftovers();
    await this.#clock.advance(LONGEST_STALL_MS);
    this.#lookForLeftovers();
  }

  get #environment() {
    return { network: this.#network, clock: this.#clock, budget: this.#budget };
  }

  get #link(): MemoryLink {
    const [link] = this.#network.links;
    if (link === undefined) throw new Error("nobody has connected");
    return link;
  }

  #makeSide(name: SideName, random: Random): ModelSide {
    const { failsAtFrame, isNarrow } = this.#scenario;
    return new ModelSide({
      name,
      isNarrow,
      random: new Random(random.uint32()),
      failsAtFrame: failsAtFrame?.side === name ? failsAtFrame.frame : undefined,
      onProblem: (problem) => this.problems.push(problem),
    });
  }

  async #connect(): Promise<void> {
    const { client, server } = this.#sides;
    const options = { ...this.#server.address, clientId: "ada", ...this.#environment };
    const dialling = dial(modelService, options, (connection) => {
      client.attach(connection);
      return poisoned(client.handlers(server));
    });
    await this.#clock.runUntil(dialling);
  }

  async #take({ action, pause }: Step): Promise<void> {
    this.#history.push(`${JSON.stringify(action)} then ${pause}`);
    this.#do(action);
    if (pause === "microtask") await Promise.resolve();
    else if (pause !== "none") await this.#clock.advance(pause);
  }

  #do(action: Action): void {
    switch (action.do) {
      case "send":
        for (const plan of action.frames) this.#sides[action.side].send(plan);
        return;
      case "stall":
        return this.#stall(action.part, action.forMs);
      case "vanish":
        return this.#each(action.part, (path) => path.vanish());
      case "halfClose":
        return this.#each(action.part, (path) => path.end());
      case "abandon":
        return this.#each(action.part, (path) => path.abandon());
      case "cut":
        return this.#link.cut();
      case "shutDown":
        this.#server.close();
        return;
      default:
        this.#doAt(this.#sides[action.side], action);
    }
  }

  #doAt(side: ModelSide, action: Extract<Action, { readonly side: SideName }>): void {
    const { connection } = side;
    switch (action.do) {
      case "ping":
        return side.watch(connection?.ping());
      case "writable":
        return side.watch(connection?.writable(action.lane));
      case "release":
        return side.release(action.frames);
      case "flush":
        return connection?.flush();
      case "close":
        return side.watch(connection?.close());
      case "abort":
        return side.watch(connection?.abort("internal", "the model wants it"));
    }
  }

  #stall(part: Part, forMs: number): void {
    this.#each(part, (path) => path.stall());
    this.#after(forMs, () => this.#each(part, (path) => path.resume()));
  }

  #each(part: Part, change: (path: MemoryPath) => void): void {
    if (part !== "back") change(this.#link.there);
    if (part !== "there") change(this.#link.back);
  }

  /** Once one side leaves, held bulk is given back, so that the other's can be delivered. */
  #releaseAtEnd(): void {
    if (!this.#scenario.releasesAtEnd || this.#isReleasing) return;
    this.#isReleasing = true;
    this.#releaseUntilClosed();
  }

  #releaseUntilClosed(): void {
    const { client, server } = this.#sides;
    for (const side of [client, server]) side.release(Infinity);
    if (client.report !== undefined && server.report !== undefined) return;
    this.#after(RELEASE_INTERVAL_MS, () => this.#releaseUntilClosed());
  }

  /** A timer of the model, which is none that a connection has left. */
  #after(delayMs: number, run: () => void): void {
    this.#timers++;
    this.#clock.after(delayMs, () => {
      this.#timers--;
      run();
    });
  }

  #lookForLeftovers(): void {
    const sides = Object.values(this.#sides);
    const left = leftovers(sides, this.#server, this.#environment, this.#timers);
    this.problems.push(...left);
  }

  async #waitUntilClosed(): Promise<void> {
    const { client, server } = this.#sides;
    const closed = Promise.all([client.connection?.closed, server.connection?.closed]);
    await this.#clock.runUntil(closed, MOST_CLOSING_MS).catch((cause) => {
      throw new Error("closed does not resolve", { cause });
    });
    await this.#clock.runUntil(this.#server.close(), MOST_CLOSING_MS);
    await settle();
  }
}

function endOf({ report }: ModelSide): string {
  return report === undefined ? "none" : `${report.code}${report.confirmed ? "+" : ""}`;
}
