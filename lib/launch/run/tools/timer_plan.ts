import type { LaunchPlan } from "../launch_plan.ts";
import { listenHost, LISTENING, passOn, tramRole } from "./tool_flags.ts";

/** What can be said about a measurement; texts are passed on as they were typed. */
export interface TimerFlags {
  readonly clients: number;
  readonly host: string;
  readonly port: string;
  readonly count?: string | undefined;
  readonly duration?: string | undefined;
  readonly rate?: string | undefined;
  readonly inFlight?: string | undefined;
  readonly size?: string | undefined;
  readonly warmup?: string | undefined;
  readonly timeout?: string | undefined;
  readonly json: boolean;
  /** List of machines for all but the server. @default {this machine} */
  readonly machines?: string | undefined;
}

/** Clients that a server takes when nobody says. */
const USUAL_CLIENTS = 5;

/** A server, and clients that each measure the path to it. */
export function timerPlan(flags: TimerFlags): LaunchPlan {
  const { clients, port, ...rest } = flags;
  const { count, duration, rate, inFlight, size, warmup, timeout, json } = rest;
  const server = { host: "{server.host}", port: "{server.port}" };
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
        ...["timer", "ping", ...passOn({ ...server, count, duration, rate, inFlight, size })],
        ...passOn({ warmup, timeout, json }),
      ], {
        ...{ after: ["server"], copies: clients, machines: flags.machines },
        output: clients === 1 || json ? "plain" : "prefixed",
      }),
    ],
    end: ["client"],
  };
}
