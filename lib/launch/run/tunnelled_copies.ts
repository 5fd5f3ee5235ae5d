import { roleVariable, variablesIn } from "./fill_variables.ts";
import { copyName, type LaunchPlan, type RolePlan } from "./launch_plan.ts";

/** Names of copies on this machine that roles on other machines name in what they are started with. */
export function tunnelledCopies({ roles }: LaunchPlan): readonly string[] {
  const named = roles.filter(({ machines }) => machines !== undefined).flatMap(variablesOf);
  const copies = named.flatMap((name) => {
    const variable = roleVariable(name);
    const role = roles.find((each) => each.name === variable?.role);
    if (variable === undefined || role === undefined || role.machines !== undefined) return [];
    return [copyName(role, variable.index)];
  });
  return [...new Set(copies)];
}

function variablesOf({ run, env }: RolePlan): readonly string[] {
  const words = "shell" in run ? [run.shell] : run.args;
  return [...words, ...Object.values(env)].flatMap(variablesIn);
}
