import { CHAT } from "./chat/chat_scenario.ts";
import { FILES } from "./chat/files_scenario.ts";
import { RELAY } from "./chat/relay_scenario.ts";
import { collectScenario } from "./collect/collect_scenario.ts";
import type { Scenario } from "./core/scenario.ts";
import { mapreduceScenario } from "./mapreduce/mapreduce_scenario.ts";
import { timerScenario } from "./timer/timer_scenario.ts";

/** All scenarios, in the order in which they take turns. */
export const SCENARIOS: readonly Scenario[] = [
  CHAT,
  FILES,
  RELAY,
  collectScenario,
  mapreduceScenario,
  timerScenario,
];
