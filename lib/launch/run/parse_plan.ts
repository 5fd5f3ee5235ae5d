/** A plan out of a launch file. */
import { didYouMean } from "../../config/did_you_mean.ts";
import { isTable, type Table } from "../../config/is_table.ts";
import { parseDurationMs } from "../../config/parse_flags.ts";
import { UsageError } from "../../config/usage_error.ts";
import { checkPlan } from "./check_plan.ts";
import {
  type LaunchPlan,
  type Readiness,
  type RolePlan,
  rolePlan,
  type RoleRun,
} from "./launch_plan.ts";

const TOP_KEYS = ["name", "roles", "end"];
const ROLE_KEYS = [
  ...["run", "after", "after_end", "copies", "machines", "ready", "restart", "restart_limit"],
  ...["stop_grace", "required", "env", "cwd", "output"],
];
const READY_KEYS = ["line", "log", "tcp", "exit", "timeout"];

/** How long something may take to be ready, in milliseconds. */
const READY_MS = 10_000;

/** Most copies of a role, and most roles: a typing error should not take the machine down. */
const MAX_COPIES = 1000;

/**
 * The plan that a launch file holds.
 *
 * @param data what stands in the file
 * @param path of the file: relative paths in it start from its folder
 * @throws {UsageError} that names file, role and key, and says what would be right
 */
export function parsePlan(data: Table, path: string): LaunchPlan {
  const at = new Place(path, "");
  at.checkKeys(data, TOP_KEYS);
  const folder = /^(.*)\//.exec(path)?.[1];
  const roles = at.table(data["roles"], "roles");
  if (Object.keys(roles).length === 0) at.fail("roles", "wanted at least one [roles.NAME]");
  const name = data["name"] ?? /([^/]*?)(\.[^./]*)?$/.exec(path)?.[1];
  if (typeof name !== "string" || !/^[\w.-]{1,60}$/.test(name)) {
    at.fail("name", `wanted letters, digits, "-", "_" and ".", got ${shown(name)}`);
  }
  const plan = {
    name: name as string,
    roles: Object.entries(roles).map(([role, value]) => roleOf(role, value, path, folder)),
    end: endOf(data["end"], at),
  };
  checkPlan(plan, path);
  return plan;
}

function endOf(value: unknown, at: Place): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const end = at.table(value, "end");
  new Place(at.path, "end").checkKeys(end, ["roles"]);
  return new Place(at.path, "end").names(end["roles"], "roles");
}

function roleOf(name: string, value: unknown, path: string, folder: string | undefined): RolePlan {
  const at = new Place(path, `roles.${name}`);
  if (!/^[A-Za-z][\w-]{0,40}$/.test(name)) {
    at.fail(undefined, 'wanted a name of letters, digits, "-" and "_", a letter first');
  }
  const role = at.table(value, undefined);
  at.checkKeys(role, ROLE_KEYS);
  const cwd = at.text(role["cwd"], "cwd");
  const machines = at.text(role["machines"], "machines");
  const from = (each: string) => {
    const isWhole = each.startsWith("/") || each.startsWith("{run}");
    return isWhole || !folder ? each : `${folder}/${each}`;
  };
  return rolePlan({
    name,
    run: runOf(role["run"], at),
    after: at.names(role["after"] ?? [], "after"),
    afterEnd: at.names(role["after_end"] ?? [], "after_end"),
    copies: at.whole(role["copies"] ?? 1, "copies", 1, MAX_COPIES),
    machines: machines === undefined ? undefined : from(machines),
    ready: readinessOf(role["ready"], at),
    restart: at.oneOf(role["restart"] ?? "never", "restart", ["never", "on-failure", "always"]),
    restartLimit: at.whole(role["restart_limit"] ?? 10, "restart_limit", 0, 1_000_000),
    stopGraceMs: at.durationMs(role["stop_grace"] ?? "5s", "stop_grace"),
    required: at.flag(role["required"] ?? true, "required"),
    env: envOf(role["env"] ?? {}, at),
    // On other machines there is no folder of this file; there, it is taken as it is.
    cwd: cwd === undefined ? machines === undefined ? folder : undefined : from(cwd),
    output: at.oneOf(role["output"] ?? "prefixed", "output", ["prefixed", "plain", "quiet"]),
  });
}

function runOf(value: unknown, at: Place): RoleRun {
  if (typeof value === "string" && value.trim() !== "") return { shell: value };
  const isList = Array.isArray(value) && value.every((each) => typeof each === "string");
  if (!isList || value.length === 0 || value[0] === "") {
    at.fail(
      "run",
      'wanted a program with its arguments, ["tram", "timer", "serve"], or a line ' +
        `for sh, got ${shown(value)}`,
    );
  }
  const [program = "", ...args] = value as readonly string[];
  return { program: program === "tram" ? null : program, args };
}

function readinessOf(value: unknown, above: Place): Readiness {
  if (value === undefined) return { type: "started" };
  const ready = above.table(value, "ready");
  const at = above.below("ready");
  at.checkKeys(ready, READY_KEYS);
  const [kind, second] = Object.keys(ready).filter((key) => key !== "timeout");
  if (kind === undefined || second !== undefined) {
    at.fail(second, "wanted one of line, log, tcp and exit");
  }
  const timeoutMs = ready["timeout"] === undefined
    ? READY_MS
    : at.durationMs(ready["timeout"], "timeout");
  if (kind === "exit") {
    if (ready["exit"] !== true) at.fail("exit", `wanted true, got ${shown(ready["exit"])}`);
    return ready["timeout"] === undefined ? { type: "exit" } : { type: "exit", timeoutMs };
  }
  if (kind === "tcp") {
    const port = ready["tcp"];
    const isPort = typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65536;
    if (!isPort) at.fail("tcp", `wanted a port, 1 to 65535, got ${shown(port)}`);
    return { type: "tcp", port: String(port), timeoutMs };
  }
  const source = at.text(ready[kind as string], kind as string) ?? "";
  try {
    return { type: kind === "log" ? "log" : "line", pattern: new RegExp(source, "u"), timeoutMs };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return at.fail(kind, `wanted a regular expression: ${why}`);
  }
}

function envOf(value: unknown, above: Place): Readonly<Record<string, string>> {
  const at = above.below("env");
  const entries = Object.entries(above.table(value, "env")).map(([name, each]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) at.fail(name, "wanted the name of a variable");
    if (isTable(each) || Array.isArray(each)) at.fail(name, `wanted text, got ${shown(each)}`);
    return [name, String(each)];
  });
  return Object.fromEntries(entries);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 100);
}

/** A table of the file: checks what stands in it, and says where it was wrong. */
class Place {
  constructor(readonly path: string, readonly where: string) {}

  below(key: string): Place {
    return new Place(this.path, `${this.where}.${key}`);
  }

  fail(key: string | undefined, what: string): never {
    const where = [this.where, key].filter(Boolean).join(".");
    throw new UsageError(`Cannot use ${this.path}: ${where}: ${what}`);
  }

  checkKeys(table: Table, known: readonly string[]): void {
    for (const key of Object.keys(table)) {
      if (known.includes(key)) continue;
      const hint = didYouMean(key, known) || `; wanted ${known.join(", ")}`;
      this.fail(key, `there is no such key${hint}`);
    }
  }

  table(value: unknown, key: string | undefined): Table {
    return isTable(value) ? value : this.fail(key, `wanted a table, got ${shown(value)}`);
  }

  text(value: unknown, key: string): string | undefined {
    if (value === undefined) return undefined;
    if (typeof value === "string" && value !== "") return value;
    return this.fail(key, `wanted text, got ${shown(value)}`);
  }

  flag(value: unknown, key: string): boolean {
    return typeof value === "boolean"
      ? value
      : this.fail(key, `wanted true or false, got ${shown(value)}`);
  }

  whole(value: unknown, key: string, least: number, most: number): number {
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) {
      return value;
    }
    return this.fail(key, `wanted a whole number, ${least} to ${most}, got ${shown(value)}`);
  }

  durationMs(value: unknown, key: string): number {
    try {
      return parseDurationMs(String(value));
    } catch (error) {
      return this.fail(key, error instanceof Error ? error.message : String(error));
    }
  }

  oneOf<const T extends string>(value: unknown, key: string, words: readonly T[]): T {
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    const hint = typeof value === "string" ? didYouMean(value, words) : "";
    return this.fail(key, `wanted ${words.join(", ")}, got ${shown(value)}${hint}`);
  }

  names(value: unknown, key: string): readonly string[] {
    const list = typeof value === "string" ? [value] : value;
    if (Array.isArray(list) && list.every((each) => typeof each === "string")) return list;
    return this.fail(key, `wanted names of roles, got ${shown(value)}`);
  }
}
