/**
 * `deno task sim`: runs seeds, shrinks what fails, and plays one seed again with its trace.
 */
import { parseArgs } from "node:util";
import { INVARIANTS } from "./core/failure.ts";
import { FAULTS, faultText } from "./core/fault.ts";
import { runSeed, type SimResult } from "./core/run_seed.ts";
import type { Scenario } from "./core/scenario.ts";
import { shrinkFaults } from "./core/shrink.ts";
import { SCENARIOS } from "./scenarios.ts";

const HELP =
  `Whole services in one process, over a network and a clock in memory; a seed decides all.

  deno task sim --seeds 1000                     seeds 1 to 1000 of each scenario
  deno task sim --minutes 30 --from 5000         as many as fit
  deno task sim --scenario chat --seed 17        one seed, with its trace
  deno task sim --scenario chat --seed 17 --only 2,5   the same, with two of its faults
  deno task sim --scenario collect --bug NAME    with a deliberate bug, until it is found
  deno task sim --list                           scenarios, invariants, faults, bugs
`;

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    minutes: { type: "string" },
    scenario: { type: "string" },
    only: { type: "string" },
    bug: { type: "string" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

const encoder = new TextEncoder();

function say(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text + "\n"));
}

function numberOf(text: string | undefined, flag: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  say(`--${flag} must be a whole number, not "${text}"`);
  Deno.exit(2);
}

function scenariosOf(name: string | undefined): readonly Scenario[] {
  const chosen = SCENARIOS.filter((one) => name === undefined || one.name === name);
  if (chosen.length > 0) return chosen;
  say(`There is no scenario "${name}": ${SCENARIOS.map((one) => one.name).join(", ")}`);
  Deno.exit(2);
}

function list(): void {
  const rows = (title: string, of: Readonly<Record<string, string>>) => {
    say(`${title}:`);
    for (const [name, what] of Object.entries(of)) say(`  ${name.padEnd(12)} ${what}`);
  };
  rows("invariants", INVARIANTS);
  rows("faults", FAULTS);
  for (const { name, about, bugs } of SCENARIOS) {
    say(`scenario ${name}: ${about}`);
    for (const bug of bugs) say(`  bug ${bug.name} (${bug.breaks}): ${bug.what}`);
  }
}

/** One seed, with its trace. */
async function playAgain(scenario: Scenario, seed: number): Promise<boolean> {
  const first = await runSeed(scenario, seed, { bug: options.bug });
  const only = options.only?.split(",").map((text) => numberOf(text, "only"));
  const faults = first.faults.filter((_, index) => only?.includes(index + 1) ?? true);
  const result = only === undefined
    ? first
    : await runSeed(scenario, seed, { bug: options.bug, faults });
  say(`${scenario.name}, seed ${seed}; faults:`);
  for (const [index, fault] of first.faults.entries()) {
    const mark = faults.includes(fault) ? " " : "-";
    say(`${mark} ${String(index + 1).padStart(2)}  ${faultText(fault)}`);
  }
  say("");
  for (const line of result.trace) say(line);
  say("");
  for (const [what, count] of result.counts) say(`${String(count).padStart(8)}  ${what}`);
  for (const [what, most] of result.most) say(`${String(most).padStart(8)}  most ${what}`);
  say(`digest ${result.digest.toString(16)}, ${Math.round(result.simulatedMs)} ms simulated`);
  if (result.failure !== undefined) await explain(scenario, result);
  return result.failure === undefined;
}

/** What failed, with as few faults as it takes. */
async function explain(scenario: Scenario, { seed, failure, faults }: SimResult): Promise<void> {
  if (failure === undefined) return;
  const { bug } = options;
  say(`FAILED ${scenario.name}, seed ${seed}: ${INVARIANTS[failure.invariant]}`);
  say(`  ${failure.message}`);
  const shrunk = await shrinkFaults(faults, async (some) => {
    const again = await runSeed(scenario, seed, { faults: some, bug });
    return again.failure?.invariant === failure.invariant;
  });
  say(`  ${shrunk.length} of ${faults.length} faults are enough, some of them shorter:`);
  for (const fault of shrunk) say(`    ${faultText(fault)}`);
  const numbers = shrunk.map(({ atMs, kind, machine }) =>
    1 + faults.findIndex((one) => one.atMs === atMs && one.kind === kind && one.machine === machine)
  );
  const only = numbers.length > 0 ? ` --only ${numbers.join(",")}` : "";
  const withBug = bug === undefined ? "" : ` --bug ${bug}`;
  say(`  deno task sim --scenario ${scenario.name} --seed ${seed}${only}${withBug}`);
}

/** Many seeds of each scenario. */
async function playMany(scenarios: readonly Scenario[]): Promise<boolean> {
  const from = numberOf(options.from, "from");
  const endMs = options.minutes === undefined
    ? Infinity
    : performance.now() + numberOf(options.minutes, "minutes") * 60_000;
  const count = options.seeds === undefined
    ? (options.minutes === undefined ? 100 : Infinity)
    : numberOf(options.seeds, "seeds");
  const totals = new Map(scenarios.map(({ name }) => [name, new Total()]));
  const startMs = performance.now();
  let saidMs = startMs;
  let seeds = 0;
  for (; seeds < count && performance.now() < endMs; seeds++) {
    for (const scenario of scenarios) {
      const result = await runSeed(scenario, from + seeds, { bug: options.bug });
      totals.get(scenario.name)?.add(result);
      if (result.failure === undefined) continue;
      await explain(scenario, result);
      if (options.bug !== undefined) return false;
    }
    if (performance.now() - saidMs > 10_000) {
      saidMs = performance.now();
      say(`${seeds + 1} seeds after ${Math.round((saidMs - startMs) / 1000)} s`);
    }
  }
  let failed = 0;
  for (const { name } of scenarios) {
    const total = totals.get(name);
    if (total === undefined) continue;
    failed += total.failed;
    say(`${name}: ${total.runs} runs, ${total.failed} failed, ${total.text()}`);
  }
  say(
    `${seeds} seeds from ${from}, ${failed} failures, ${
      Math.round((performance.now() - startMs) / 1000)
    } s`,
  );
  return failed === 0;
}

/** What many runs of one scenario come to. */
class Total {
  runs = 0;
  failed = 0;
  readonly #counts = new Map<string, number>();
  readonly #most = new Map<string, number>();
  #simulatedMs = 0;

  add({ failure, counts, most, simulatedMs }: SimResult): void {
    this.runs++;
    if (failure !== undefined) this.failed++;
    this.#simulatedMs += simulatedMs;
    for (const [what, count] of counts) {
      this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
    }
    for (const [what, count] of most) {
      this.#most.set(what, Math.max(this.#most.get(what) ?? 0, count));
    }
  }

  text(): string {
    const lines = [...this.#counts].sort().map(([what, count]) => `\n  ${count} ${what}`);
    const mosts = [...this.#most].map(([what, most]) => `\n  at most ${most} ${what}`);
    return `${(this.#simulatedMs / 3_600_000).toFixed(1)} h simulated${lines.join("")}${
      mosts.join("")
    }`;
  }
}

if (options.help) {
  say(HELP);
} else if (options.list) {
  list();
} else {
  const scenarios = scenariosOf(options.scenario);
  const passed = options.seed === undefined ? await playMany(scenarios) : await (async () => {
    const seed = numberOf(options.seed, "seed");
    let all = true;
    for (const scenario of scenarios) all = await playAgain(scenario, seed) && all;
    return all;
  })();
  Deno.exit(passed ? 0 : 1);
}
