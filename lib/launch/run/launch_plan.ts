/** What is to be started, in which order, and when it is over: out of a file, or of the flags of a tool. */

/** When a copy counts as ready, so that what comes after it may start. */
export type Readiness =
  /** As soon as it runs. */
  | { readonly type: "started" }
  /** When it writes a line that matches: to standard output, or to either; named groups are values. */
  | { readonly type: "line" | "log"; readonly pattern: RegExp; readonly timeoutMs: number }
  /** When a port of its machine takes connections. */
  | { readonly type: "tcp"; readonly port: string; readonly timeoutMs: number }
  /** When it has exited with 0. @param timeoutMs @default {it has for ever} */
  | { readonly type: "exit"; readonly timeoutMs?: number };

/** What to start: a program with arguments (`null` is tram), or a line for `sh -c`. */
export type RoleRun =
  | { readonly program: string | null; readonly args: readonly string[] }
  | { readonly shell: string };

/** Some processes that do the same. */
export interface RolePlan {
  readonly name: string;
  readonly run: RoleRun;
  /** Starts when these are ready. */
  readonly after: readonly string[];
  /** Starts when these have ended, however they have. */
  readonly afterEnd: readonly string[];
  readonly copies: number;
  /** Path of a list of machines to run on. @default {this machine} */
  readonly machines: string | undefined;
  readonly ready: Readiness;
  readonly restart: "never" | "on-failure" | "always";
  /** How many restarts in a row, at most. */
  readonly restartLimit: number;
  readonly stopGraceMs: number;
  /** Whether its failure is one of the whole. */
  readonly required: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  /** How its output is shown: with its name before each line, as it is, or not at all. */
  readonly output: "prefixed" | "plain" | "quiet";
}

/** A whole room. */
export interface LaunchPlan {
  readonly name: string;
  readonly roles: readonly RolePlan[];
  /** It is over when all of these have ended. @default {all roles} */
  readonly end: readonly string[] | undefined;
}

/** A role in which only what is said differs from what is usual. */
export function rolePlan(
  role: Pick<RolePlan, "name" | "run"> & Partial<RolePlan>,
): RolePlan {
  return {
    ...{ after: [], afterEnd: [], copies: 1, machines: undefined, ready: { type: "started" } },
    ...{ restart: "never", restartLimit: 10, stopGraceMs: 5000, required: true, env: {} },
    ...{ cwd: undefined, output: "prefixed" },
    ...role,
  };
}

/** `server` alone, `client.3` among others. */
export function copyName({ name, copies }: RolePlan, index: number): string {
  return copies === 1 ? name : `${name}.${index}`;
}
