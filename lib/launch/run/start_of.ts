import type { StartMessage } from "../guard/messages.ts";
import { fillVariables, roleVariable } from "./fill_variables.ts";
import { copyName, type LaunchPlan } from "./launch_plan.ts";
import type { Place } from "./place.ts";
import type { Supervisor } from "./supervisor.ts";
import type { CopyState } from "./supervisor_types.ts";

/** What stands in a line for a shell as it is. */
const HARMLESS = /^[\w.:/@%+,=-]*$/;

/** How one copy reaches another. */
export interface WayTo {
  /** Name or address of its machine. */
  readonly host: string;
  /** Port that stands for its own; `undefined` where none does. */
  readonly port?: number | undefined;
}

/** What it takes to start a copy. */
export interface StartParts {
  readonly copy: CopyState;
  readonly plan: LaunchPlan;
  readonly place: Place;
  readonly supervisor: Supervisor;
  /** For all roles. */
  readonly env: Readonly<Record<string, string>>;
  /** How this copy reaches another. */
  readonly wayTo: (copy: string) => WayTo;
}

/**
 * How a copy is started, its variables filled in.
 *
 * @throws {Error} when a value would say something else to the shell
 */
export function startOf(parts: StartParts): Omit<StartMessage, "type" | "copy"> {
  const { copy, env } = parts;
  const { role, index, name } = copy;
  const filled = (text: string) => fillVariables(text, (each) => valueOf(each, parts));
  const shell = (text: string) =>
    fillVariables(text, (each) => {
      const value = valueOf(each, parts);
      if (value === undefined || HARMLESS.test(value)) return value;
      throw new Error(
        `Cannot start it: {${each}} has characters that mean something to sh; give run as a list`,
      );
    });
  const { run } = role;
  const variables = { ...env, TRAM_INDEX: String(index), TRAM_ROLE: role.name, ...role.env };
  const entries = Object.entries(variables).map(([key, value]) => [key, filled(value)] as const);
  const cwd = role.cwd === undefined ? {} : { cwd: filled(role.cwd) };
  return {
    name,
    program: "shell" in run ? "sh" : run.program === null ? null : filled(run.program),
    args: "shell" in run ? ["-c", shell(run.shell)] : run.args.map(filled),
    env: Object.fromEntries(entries),
    ...cwd,
    stopGraceMs: role.stopGraceMs,
    input: "none",
  };
}

function valueOf(name: string, parts: StartParts): string | undefined {
  const { copy, place, plan, supervisor, wayTo } = parts;
  if (name === "index") return String(copy.index);
  if (name === "host") return place.name;
  if (name === "address") return place.address;
  const variable = roleVariable(name);
  const role = plan.roles.find((each) => each.name === variable?.role);
  if (variable === undefined || role === undefined) return undefined;
  const other = copyName(role, variable.index);
  if (variable.value === "host") return wayTo(other).host;
  const state = supervisor.copy(other);
  const { port } = wayTo(other);
  if (variable.value === "port" && port !== undefined) return String(port);
  if (variable.value === "pid") return state?.pid?.toString();
  return state?.values[variable.value];
}
