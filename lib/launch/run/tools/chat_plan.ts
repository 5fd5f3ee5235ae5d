import type { LaunchPlan } from "../launch_plan.ts";
import { dialHost, listenHost, LISTENING, passOn, tramRole } from "./tool_flags.ts";

/** What can be said about a room of bots; texts are passed on as they were typed. */
export interface ChatFlags {
  readonly bots: number;
  readonly host: string;
  readonly port: string;
  readonly interval: string;
  readonly duration: string;
  readonly store: string;
  readonly json: boolean;
  /** List of machines for all but the server. @default {this machine} */
  readonly machines?: string | undefined;
}

/** A server, and bots that talk to each other in its lobby. */
export function chatPlan(flags: ChatFlags): LaunchPlan {
  const { bots, port, interval, duration, store, json } = flags;
  const server = { host: dialHost("server", flags), port: "{server.port}" };
  const serve = passOn({ host: listenHost(flags), port, store, mode: "rooms" });
  return {
    name: "chat",
    roles: [
      tramRole("server", ["chat", "serve", ...serve], { ready: LISTENING }),
      tramRole("bot", [
        ...["launch", "bot", "--nick", "bot-{index}"],
        ...passOn({ ...server, bots, interval, duration, json }),
      ], {
        after: ["server"],
        copies: bots,
        machines: flags.machines,
        output: json ? "plain" : "prefixed",
      }),
    ],
    end: ["bot"],
  };
}
