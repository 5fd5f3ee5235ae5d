import type { FaultMenu } from "./draw_faults.ts";
import type { Invariant } from "./failure.ts";
import type { Sim } from "./sim.ts";

/** A bug that is put in on purpose, to see that the simulation finds it. */
export interface DeliberateBug {
  readonly name: string;
  /** What is wrong with it. */
  readonly what: string;
  /** What must be seen to fail. */
  readonly breaks: Invariant;
}

/** Services at work, and what must hold of them. */
export interface Scenario {
  readonly name: string;
  /** One line on what runs. */
  readonly about: string;
  /** What may go wrong with whom. */
  readonly menus: readonly FaultMenu[];
  /** How long faults happen, in milliseconds. */
  readonly faultsMs: number;
  readonly bugs: readonly DeliberateBug[];
  /**
   * Builds machines and starts their work; calls `sim.play(faultsMs)`; then waits until all is quiet
   * (`sim.until`), ends everything, and checks. Bugs: `sim.hasBug(name)`.
   */
  run(sim: Sim): Promise<void>;
}
