import type { Scenario } from "./core/scenario.ts";

/** All scenarios, in the order in which they take turns. */
export const SCENARIOS: readonly Scenario[] = [];
