import type { LaunchPlan } from "../launch_plan.ts";
import { pick } from "./passed_on.ts";
import { dialHost, listenHost, LISTENING, passOn, tramRole } from "./tool_flags.ts";

/** Options of `timer ping` that are passed on. */
export const PING_OPTIONS = [
  "count",
  "duration",
  "rate",
  "inFlight",
  "size",
  "warmup",
  "timeout",
] as const;

/** What can be said about a measurement; texts are passed on as they were typed. */
export interface TimerFlags
  extends Readonly<Partial<Record<typeof PING_OPTIONS[number], string | undefined>>> {
  readonly clients: number;
  readonly host: string;
  readonly port: string;
  readonly json: boolean;
  /** List of machines for all but the server. @default {this machine} */
  readonly machines?: string | undefined;
}

/** Clients that a server takes when nobody says. */
const USUAL_CLIENTS = 5;

/** A server, and clients that each measure the path to it. */
export function timerPlan(flags: TimerFlags): LaunchPlan {
  const { clients, port, json } = flags;
  const server = { host: dialHost("server", flags), port: "{server.port}" };
  const maxClients = Math.max(USUAL_CLIENTS, clients);
  return {
    name: "timer",
    roles: [
      tramRole("server", [
        "timer",
        "serve",
        ...passOn({ host: listenHost(flags), port, maxClients }),
      ], {
        ready: LISTENING,
      }),
      tramRole("client", [
        ...["timer", "ping", ...passOn({ ...server, ...pick(flags, PING_OPTIONS), json })],
      ], {
        ...{ after: ["server"], copies: clients, machines: flags.machines },
        output: clients === 1 || json ? "plain" : "prefixed",
      }),
    ],
    end: ["client"],
  };
}
