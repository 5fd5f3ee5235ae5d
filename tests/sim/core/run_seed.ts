import { drawFaults } from "./draw_faults.ts";
import { SimFailure } from "./failure.ts";
import type { Fault } from "./fault.ts";
import type { Scenario } from "./scenario.ts";
import { seeded } from "./seeded.ts";
import { Sim } from "./sim.ts";

/** How a run went. */
export interface SimResult {
  readonly scenario: string;
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly failure: SimFailure | undefined;
  readonly trace: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly most: ReadonlyMap<string, number>;
  /** What was sent, by whom and when, in one number. */
  readonly digest: number;
  /** How long it was in true time, in milliseconds. */
  readonly simulatedMs: number;
}

/** Options of {@linkcode runSeed}. */
export interface RunOptions {
  /** Instead of those of the seed. */
  readonly faults?: readonly Fault[];
  /** Name of a deliberate bug. */
  readonly bug?: string;
}

/** Runs a scenario with a seed, which decides all of it. */
export async function runSeed(
  scenario: Scenario,
  seed: number,
  options: RunOptions = {},
): Promise<SimResult> {
  const { faults = drawFaults(seed, scenario.menus, scenario.faultsMs), bug } = options;
  const sim = new Sim(seed, faults, bug);
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    sim.fail("quiet", `nobody looks at an error: ${errorText(event.reason)}`);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  try {
    await seeded(seed, () => scenario.run(sim));
  } catch (error) {
    sim.fail(error instanceof SimFailure ? error.invariant : "quiet", errorText(error));
  } finally {
    globalThis.removeEventListener("unhandledrejection", onRejection);
  }
  const { failure, trace, counts, most, digested: digest } = sim;
  const simulatedMs = sim.clock.monotonicNs() / 1e6;
  return {
    ...{ scenario: scenario.name, seed, faults, failure, trace, counts, most, digest },
    simulatedMs,
  };
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
