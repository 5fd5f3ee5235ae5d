import type { LaunchPlan } from "../launch_plan.ts";
import { pick } from "./passed_on.ts";
import { dialHost, listenHost, LISTENING, passOn, tramRole } from "./tool_flags.ts";

/** Options of `collect send` that are passed on. */
export const SEND_OPTIONS = ["interval", "count", "duration", "queue", "timeout"] as const;

/** What can be said about a lesson of `collect`; texts are passed on as they were typed. */
export interface CollectFlags
  extends Readonly<Partial<Record<typeof SEND_OPTIONS[number], string | undefined>>> {
  readonly clients: number;
  readonly host: string;
  readonly port: string;
  readonly store: string;
  readonly json: boolean;
  /** List of machines for all but the server. @default {this machine} */
  readonly machines?: string | undefined;
}

/** How long clients take samples when nobody says. */
export const USUAL_DURATION = "10s";

/** A server, clients that send to it, and at last what the server knows about them. */
export function collectPlan(flags: CollectFlags): LaunchPlan {
  const { clients, port, count, store, timeout, json } = flags;
  const duration = flags.duration ?? (count === undefined ? USUAL_DURATION : undefined);
  const server = { host: dialHost("server", flags), port: "{server.port}" };
  const serve = passOn({ host: listenHost(flags), port, store });
  return {
    name: "collect",
    roles: [
      tramRole("server", ["collect", "serve", ...serve], { ready: LISTENING }),
      tramRole("client", [
        ...["collect", "send", ...passOn({ ...server, ...pick(flags, SEND_OPTIONS), duration })],
        ...["--id", "client-{index}"],
      ], { after: ["server"], copies: clients, machines: flags.machines }),
      tramRole("report", ["collect", "report", "--live", ...passOn({ ...server, json, timeout })], {
        ...{ after: ["server"], afterEnd: ["client"], output: "plain" },
      }),
    ],
    end: ["client", "report"],
  };
}
