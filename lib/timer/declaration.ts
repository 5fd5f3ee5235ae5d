/** The subcommand `timer`: its flags and help. The bodies are loaded when they are called. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import {
  parseCount,
  parseHost,
  parsePort,
  parseRemotePort,
  parseTimeoutMs,
} from "../config/parse_flags.ts";
import { runCommand } from "../config/run_command.ts";
import type { TramContext } from "../context.ts";
import type { PingFlags } from "./ping.ts";
import { TIMER_PORT } from "./port.ts";
import type { ServeFlags } from "./serve.ts";

const tokenFile = {
  kind: "parsed",
  parse: String,
  optional: true,
  brief: "File with the token (default: TRAM_TOKEN, else your own)",
  placeholder: "FILE",
} as const;

const json = {
  kind: "boolean",
  brief: "Print JSON, one object per line",
  default: false,
  withNegated: false,
} as const;

const serve = buildCommand<ServeFlags, [], TramContext>({
  loader: async () => runCommand((await import("./serve.ts")).serve),
  parameters: {
    flags: {
      host: {
        kind: "parsed",
        parse: parseHost,
        brief: "Address to listen on",
        default: "127.0.0.1",
        placeholder: "HOST",
      },
      port: {
        kind: "parsed",
        parse: parsePort,
        brief: "Port to listen on; 0 lets the system choose",
        default: String(TIMER_PORT),
        placeholder: "PORT",
      },
      maxClients: {
        kind: "parsed",
        parse: parseCount,
        brief: 'How many clients may be here at once; one more is told "full"',
        default: "5",
        placeholder: "N",
      },
      timeout: {
        kind: "parsed",
        parse: parseTimeoutMs,
        optional: true,
        brief: "Send a client away that asks nothing for this long, e.g. 30s (default: never)",
        placeholder: "DURATION",
      },
      tokenFile,
      insecure: {
        kind: "boolean",
        brief: "Let everybody in, also from other machines",
        default: false,
        withNegated: false,
      },
      json,
    },
  },
  docs: {
    brief: "Answer requests and say how long after the previous one each came",
    customUsage: [
      { input: "", brief: "Listen on 127.0.0.1, open to this machine" },
      { input: "--host 0.0.0.0 --token-file room.token", brief: "Listen for other machines" },
      { input: "--port 0 --json", brief: "Any free port, events as JSON" },
    ],
  },
});

const ping = buildCommand<PingFlags, [], TramContext>({
  loader: async () => runCommand((await import("./ping.ts")).ping),
  parameters: {
    flags: {
      host: {
        kind: "parsed",
        parse: parseHost,
        brief: "Server to ask",
        default: "127.0.0.1",
        placeholder: "HOST",
      },
      port: {
        kind: "parsed",
        parse: parseRemotePort,
        brief: "Its port",
        default: String(TIMER_PORT),
        placeholder: "PORT",
      },
      count: {
        kind: "parsed",
        parse: parseCount,
        brief: "How many requests to send, one after the other (also --num_msgs)",
        default: "1000",
        placeholder: "N",
      },
      num_msgs: {
        kind: "parsed",
        parse: parseCount,
        optional: true,
        hidden: true,
        brief: "Another name of --count",
      },
      timeout: {
        kind: "parsed",
        parse: parseTimeoutMs,
        brief: "Longest wait for the connection and for each answer; a bare number is seconds",
        default: "5s",
        placeholder: "DURATION",
      },
      tokenFile,
      insecure: {
        kind: "boolean",
        brief: "Go on with a server that does not prove itself",
        default: false,
        withNegated: false,
      },
      json,
    },
    aliases: { c: "count" },
  },
  docs: {
    brief: "Measure round trips to a server and draw their histogram",
    customUsage: [
      { input: "--count 10000", brief: "Ten thousand round trips to this machine" },
      { input: "--host 192.0.2.7 --count 100 --timeout 2s", brief: "Another machine" },
      { input: "--json --count 1000", brief: "The summary as one JSON object" },
    ],
  },
});

/** `tram timer`. */
export const timerRoutes = buildRouteMap<"serve" | "ping", TramContext>({
  routes: { serve, ping },
  docs: { brief: "Measure the path between two machines, honestly" },
});
