import type { LaunchPlan } from "../launch_plan.ts";
import { listenHost, LISTENING, passOn, tramRole } from "./tool_flags.ts";

/** What can be said about a job; texts are passed on as they were typed. */
export interface MapreduceFlags {
  readonly workers: number;
  readonly host: string;
  readonly port: string;
  readonly job: string;
  readonly output: string;
  readonly inputs: readonly string[];
  readonly tokens?: string | undefined;
  readonly foldCase: boolean;
  readonly pattern?: string | undefined;
  readonly onError?: string | undefined;
  readonly threads?: string | undefined;
  readonly memory?: string | undefined;
  readonly partitions?: string | undefined;
  readonly top?: string | undefined;
  readonly resume: boolean;
  readonly json: boolean;
  /** List of machines for all but the server. @default {this machine} */
  readonly machines?: string | undefined;
}

/** A coordinator, and workers that help it. */
export function mapreducePlan(flags: MapreduceFlags): LaunchPlan {
  const { workers, port, job, output, inputs, threads, memory, json, ...rest } = flags;
  const { tokens, foldCase, pattern, onError, partitions, top, resume } = rest;
  return {
    name: "mapreduce",
    roles: [
      tramRole("run", [
        ...[
          "mapreduce",
          "run",
          "--workers",
          "join",
          ...passOn({ host: listenHost(flags), port, job, output }),
        ],
        ...passOn({ tokens, foldCase, pattern, onError, memory, partitions, top, resume, json }),
        ...["--", ...inputs],
      ], { ready: LISTENING, output: "plain" }),
      tramRole("worker", [
        ...["mapreduce", "worker", "--coordinator", "{run.host}:{run.port}", "--input-root", "/"],
        ...passOn({ threads, memory, advertise: flags.machines && "{address}" }),
      ], {
        ...{ after: ["run"], copies: workers, machines: flags.machines },
        ...{ restart: "on-failure", required: false },
      }),
    ],
    end: ["run"],
  };
}
