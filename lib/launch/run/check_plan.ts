import { didYouMean, nearest } from "../../config/did_you_mean.ts";
import { UsageError } from "../../config/usage_error.ts";
import { roleVariable, variablesIn } from "./fill_variables.ts";
import type { LaunchPlan, RolePlan } from "./launch_plan.ts";

/** Values that every role has: the address of its machine, and the number of its process. */
const OF_EVERY_ROLE = ["host", "pid"];

/**
 * Checks what roles say about each other.
 *
 * @throws {UsageError} when a role that is named is none, roles wait for each other in a circle, or a
 * variable cannot have a value by the time that it is wanted
 */
export function checkPlan(plan: LaunchPlan, path: string): void {
  const names = plan.roles.map(({ name }) => name);
  const fail = (where: string, what: string): never => {
    throw new UsageError(`Cannot use ${path}: ${where}: ${what}`);
  };
  const known = (name: string, where: string) => {
    if (names.includes(name)) return;
    fail(where, `there is no role "${name}"${didYouMean(name, names)}`);
  };
  for (const { name, after, afterEnd } of plan.roles) {
    for (const other of after) known(other, `roles.${name}.after`);
    for (const other of afterEnd) known(other, `roles.${name}.after_end`);
  }
  for (const name of plan.end ?? []) known(name, "end.roles");
  if (plan.end?.length === 0) fail("end.roles", "wanted at least one role");
  const circle = circleIn(plan);
  if (circle !== undefined) {
    fail(`roles.${circle[0]}.after`, `roles wait for each other: ${circle.join(" after ")}`);
  }
  for (const role of plan.roles) checkVariables(plan, role, fail);
}

/** Roles that a role comes after, directly and behind those. */
export function rolesBefore(plan: LaunchPlan, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [name];
  for (let next; (next = queue.pop()) !== undefined;) {
    const role = plan.roles.find((each) => each.name === next);
    for (const other of [...role?.after ?? [], ...role?.afterEnd ?? []]) {
      if (!found.has(other)) queue.push(other);
      found.add(other);
    }
  }
  return found;
}

function circleIn(plan: LaunchPlan): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): readonly string[] | undefined => {
    const at = way.indexOf(name);
    if (at >= 0) return [...way.slice(at), name];
    if (done.has(name)) return undefined;
    done.add(name);
    const role = plan.roles.find((each) => each.name === name);
    for (const other of [...role?.after ?? [], ...role?.afterEnd ?? []]) {
      const circle = visit(other, [...way, name]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  for (const { name } of plan.roles) {
    const circle = visit(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

function checkVariables(
  plan: LaunchPlan,
  role: RolePlan,
  fail: (where: string, what: string) => never,
): void {
  const before = rolesBefore(plan, role.name);
  const names = plan.roles.map(({ name }) => name);
  const check = (text: string, key: string) => {
    for (const name of variablesIn(text)) {
      const variable = roleVariable(name);
      if (variable === undefined) continue;
      const where = `roles.${role.name}.${key}`;
      const other = plan.roles.find((each) => each.name === variable.role);
      if (other === undefined) {
        // Programs have braces of their own; but this one was meant.
        if (variable.role.length < 3 || nearest(variable.role, names) === undefined) continue;
        fail(
          where,
          `{${name}}: there is no role "${variable.role}"` +
            didYouMean(variable.role, names),
        );
        continue;
      }
      if (!before.has(other.name)) {
        fail(where, `{${name}} is not known in time: put "${other.name}" into after`);
      }
      if (variable.index < 1 || variable.index > other.copies) {
        fail(where, `{${name}}: ${other.name} has no copy ${variable.index}`);
      }
      const values = [...OF_EVERY_ROLE, ...groupsOf(other)];
      if (values.includes(variable.value)) continue;
      const has = `${other.name} has ${values.join(", ")}`;
      fail(where, `{${name}}: ${has}${didYouMean(variable.value, values)}`);
    }
  };
  const { run, env, cwd } = role;
  for (const text of "shell" in run ? [run.shell] : [run.program ?? "", ...run.args]) {
    check(text, "run");
  }
  for (const [name, text] of Object.entries(env)) check(text, `env.${name}`);
  check(cwd ?? "", "cwd");
}

/** Names of the groups of a role's pattern. */
function groupsOf({ ready }: RolePlan): readonly string[] {
  if (ready.type === "tcp") return ["port"];
  if (!("pattern" in ready)) return [];
  return [...ready.pattern.source.matchAll(/\(\?<([A-Za-z]\w*)>/g)].map(([, name = ""]) => name);
}
