import { UsageError } from "../../../config/usage_error.ts";
import type { LaunchPlan } from "../launch_plan.ts";
import { pick } from "./passed_on.ts";
import { dialHost, listenHost, LISTENING, passOn, tramRole } from "./tool_flags.ts";

/** Options of `mapreduce run` that are passed on. */
export const RUN_OPTIONS = [
  "job",
  "tokens",
  "pattern",
  "onError",
  "jobTimeout",
  "jobMemory",
  "mapper",
  "reducer",
  "output",
  "threads",
  "memory",
  "temp",
  "partitions",
  "top",
] as const;

/** Those that `mapreduce worker` takes, too. */
const WORKER_OPTIONS = ["threads", "memory", "temp"] as const;

/** Switches of `mapreduce run` that are passed on. */
export const RUN_SWITCHES = ["foldCase", "verifyInputs", "resume"] as const;

/** What can be said about a job; texts are passed on as they were typed. */
export interface MapreduceFlags
  extends
    Readonly<Partial<Record<typeof RUN_OPTIONS[number], string | undefined>>>,
    Readonly<Partial<Record<typeof RUN_SWITCHES[number], boolean>>> {
  readonly workers: number;
  readonly host: string;
  readonly port: string;
  readonly inputs: readonly string[];
  readonly json: boolean;
  /** List of machines for all but the server. @default {this machine} */
  readonly machines?: string | undefined;
}

/** How many workers there are on this machine when nobody says. */
export const USUAL_WORKERS = 2;

/** What would be taken for a variable of a launch; it has no way to say that it is none. */
const FILLED = /(\{(?:index|host|address|run|(?:run|worker)\.[\w.-]+)\})/;

/** The job when nobody says which. */
export const USUAL_JOB = "wordcount";

/**
 * A coordinator, and workers that help it.
 *
 * @throws {UsageError} when something that a job cannot do without is missing, or would not be passed
 * on as it was typed
 */
export function mapreducePlan(flags: MapreduceFlags): LaunchPlan {
  const { workers, port, inputs, mapper, reducer, output, json, machines } = flags;
  const fail = (what: string, hint: string): never => {
    throw new UsageError(`Cannot run tram launch mapreduce without ${what}: ${hint}`);
  };
  if (output === undefined) fail("--output", "give the folder to make for the output");
  if (inputs.length === 0) fail("inputs", "give files, folders, patterns, URLs or @LIST");
  for (const text of [...inputs, ...Object.values(pick(flags, RUN_OPTIONS))]) {
    const [, variable] = FILLED.exec(text ?? "") ?? [];
    if (variable === undefined) continue;
    throw new UsageError(
      `Cannot run tram launch mapreduce with ${variable} in "${text}": launch would fill it in; write ` +
        "it in another way, or start mapreduce run and its workers by hand",
    );
  }
  const isOfPrograms = mapper !== undefined || reducer !== undefined;
  const job = flags.job ?? (isOfPrograms ? undefined : USUAL_JOB);
  const host = dialHost("run", flags);
  const coordinator = `${host.includes(":") ? `[${host}]` : host}:{run.port}`;
  const run = { ...pick(flags, RUN_OPTIONS), ...pick(flags, RUN_SWITCHES), job, json };
  return {
    name: "mapreduce",
    roles: [
      tramRole("run", [
        ...["mapreduce", "run", "--workers", "join"],
        ...passOn({ host: listenHost(flags), port, ...run, threads: undefined }),
        ...["--", ...inputs],
      ], { ready: LISTENING, output: "plain" }),
      tramRole("worker", [
        ...["mapreduce", "worker", "--coordinator", coordinator, "--input-root", "/"],
        ...passOn({ ...pick(flags, WORKER_OPTIONS), advertise: machines && "{address}" }),
      ], {
        ...{ after: ["run"], copies: workers, machines },
        ...{ restart: "on-failure", required: false },
      }),
    ],
    end: ["run"],
  };
}
