import { didYouMean } from "../../config/did_you_mean.ts";
import { UsageError } from "../../config/usage_error.ts";
import { rolesBefore } from "./check_plan.ts";
import type { LaunchPlan } from "./launch_plan.ts";

/**
 * A plan with only some of its roles, and those that they come after.
 *
 * @throws {UsageError} when one is named that is not there
 */
export function selectRoles(plan: LaunchPlan, only: readonly string[]): LaunchPlan {
  const names = plan.roles.map(({ name }) => name);
  const wanted = new Set<string>();
  for (const name of only) {
    if (!names.includes(name)) {
      throw new UsageError(
        `Cannot use --only ${name}: ${plan.name} has ${names.join(", ")}${didYouMean(name, names)}`,
      );
    }
    wanted.add(name);
    for (const other of rolesBefore(plan, name)) wanted.add(other);
  }
  const end = plan.end?.filter((name) => wanted.has(name));
  return {
    ...plan,
    roles: plan.roles.filter(({ name }) => wanted.has(name)),
    end: end?.length === 0 ? undefined : end,
  };
}
