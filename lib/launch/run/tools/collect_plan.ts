import type { LaunchPlan } from "../launch_plan.ts";
import { listenHost, LISTENING, passOn, tramRole } from "./tool_flags.ts";

/** What can be said about a lesson of `collect`; texts are passed on as they were typed. */
export interface CollectFlags {
  readonly clients: number;
  readonly host: string;
  readonly port: string;
  readonly interval?: string | undefined;
  readonly duration?: string | undefined;
  readonly count?: string | undefined;
  readonly store: string;
  readonly timeout?: string | undefined;
  readonly json: boolean;
  /** List of machines for all but the server. @default {this machine} */
  readonly machines?: string | undefined;
}

/** How long clients take samples when nobody says. */
const DURATION = "10s";

/** A server, clients that send to it, and at last what the server knows about them. */
export function collectPlan(flags: CollectFlags): LaunchPlan {
  const { clients, port, interval, count, store, timeout, json } = flags;
  const duration = flags.duration ?? (count === undefined ? DURATION : undefined);
  const server = { host: "{server.host}", port: "{server.port}" };
  return {
    name: "collect",
    roles: [
      tramRole(
        "server",
        ["collect", "serve", ...passOn({ host: listenHost(flags), port, store })],
        {
          ready: LISTENING,
        },
      ),
      tramRole("client", [
        ...["collect", "send", ...passOn({ ...server, interval, duration, count, timeout })],
        ...["--id", "client-{index}"],
      ], { after: ["server"], copies: clients, machines: flags.machines }),
      tramRole("report", ["collect", "report", "--live", ...passOn({ ...server, json, timeout })], {
        ...{ after: ["server"], afterEnd: ["client"], output: "plain" },
      }),
    ],
    end: ["client", "report"],
  };
}
