/** The subcommand `timer`: its commands as data. The bodies are loaded when they are called. */
import { command } from "../config/command.ts";
import {
  dialAccess,
  dialPort,
  duration,
  host,
  listenAccess,
  listenPort,
  maxClients,
  outputOptions,
  timeout,
} from "../config/common_options.ts";
import { parseCount, parseDurationMs, parsePath, parseRate } from "../config/parse_flags.ts";
import { subcommand } from "../config/subcommand.ts";
import { parseClients, parseInFlight, parseRequestBytes } from "./parse_ping.ts";
import { TIMER_PORT } from "./port.ts";
import { UUID_BYTES } from "./request_bytes.ts";

const serve = command({
  path: ["timer", "serve"],
  brief: "Answer requests and say how long after the previous one each came",
  examples: [
    { args: "", brief: "Listen on 127.0.0.1, open to this machine" },
    { args: "--host 0.0.0.0 --token-file room.token", brief: "Listen for other machines" },
    { args: "--port 0 --json", brief: "Any free port, events as JSON" },
  ],
  options: {
    host: host("Address to listen on"),
    port: listenPort(TIMER_PORT),
    maxClients: maxClients(5),
    timeout: duration(
      "Send a client away that asks nothing for this long, e.g. 30s (default: never)",
    ),
    ...listenAccess("Let everybody in, also from other machines"),
    ...outputOptions,
  },
  load: async () => (await import("./serve.ts")).serve,
});

const ping = command({
  path: ["timer", "ping"],
  brief: "Measure round trips to a server and draw their histogram",
  examples: [
    { args: "--count 10000", brief: "Ten thousand round trips, one after the other" },
    {
      args: "--rate 2000 --duration 10s --warmup 1s",
      brief: "2,000 a second whatever happens: what users would feel",
    },
    {
      args: "--rate 20k --in-flight 64 --clients 4 --duration 1m",
      brief: "Four connections that share the rate",
    },
    { args: "--host 192.0.2.7 --count 100 --timeout 2s", brief: "Another machine" },
    { args: "--rate 2000 --duration 1m --hdr a.hlog", brief: "Keep the run for timer compare" },
    { args: "--json --samples all.csv", brief: "A summary as JSON, each answer in a file" },
  ],
  options: {
    host: host("Server to ask"),
    port: dialPort(TIMER_PORT),
    count: {
      kind: "value",
      parse: parseCount,
      placeholder: "N",
      brief: "How many requests to measure (default: 1000, unless --duration is given)",
      alias: "c",
      alsoNamed: ["num_msgs"],
    },
    duration: { ...duration("How long to measure; a bare number is seconds"), alias: "d" },
    rate: {
      kind: "value",
      parse: parseRate,
      placeholder: "RATE",
      brief: "Send so many a second, all clients together, whatever happens to those before " +
        "(default: each one when the one before is answered)",
      alias: "r",
    },
    inFlight: {
      kind: "value",
      parse: parseInFlight,
      default: "1",
      placeholder: "N",
      brief: "Most requests per connection that wait for their answers",
    },
    clients: {
      kind: "value",
      parse: parseClients,
      default: "1",
      placeholder: "N",
      brief: "How many connections; the server wants --max-clients for more than 5",
    },
    size: {
      kind: "value",
      parse: parseRequestBytes,
      default: String(UUID_BYTES),
      placeholder: "SIZE",
      brief: `Bytes of a request, ${UUID_BYTES} to 64KiB`,
    },
    warmup: {
      kind: "value",
      parse: parseDurationMs,
      default: "0s",
      placeholder: "DURATION",
      brief: "Send for so long before measuring",
    },
    timeout: timeout("Longest wait for the connection and for each answer"),
    samples: {
      kind: "value",
      parse: parsePath,
      placeholder: "FILE.csv",
      brief: "Write each answer to this file",
      completes: "file",
    },
    hdr: {
      kind: "value",
      parse: parsePath,
      placeholder: "FILE",
      brief: "Write the distributions: FILE.hlog for HdrHistogram tools and timer compare, " +
        "FILE.hgrm for percentiles",
      completes: "file",
    },
    ...dialAccess,
    ...outputOptions,
  },
  load: async () => (await import("./ping.ts")).ping,
});

const compare = command({
  path: ["timer", "compare"],
  brief: "Say whether two runs differ, and how sure that is",
  examples: [
    { args: "before.hlog after.hlog", brief: "Two logs of timer ping --hdr, or of other tools" },
    { args: "a.hlog b.hlog --tag service", brief: "Round trips without the waiting before" },
    { args: "a.hlog b.hlog --json", brief: "The comparison as one JSON object" },
  ],
  options: {
    tag: {
      kind: "value",
      parse: String,
      placeholder: "TAG",
      brief: "Distribution to compare: response, service, held, lateness, gap, or another " +
        "log's own (default: response if both have it)",
    },
    ...outputOptions,
  },
  positional: {
    a: { parse: parsePath, placeholder: "A.hlog", brief: "The first run", completes: "file" },
    b: { parse: parsePath, placeholder: "B.hlog", brief: "The second run", completes: "file" },
  },
  load: async () => (await import("./compare.ts")).compare,
});

/** `tram timer`. */
export const timer = subcommand({
  name: "timer",
  brief: "Measure the path between two machines, honestly",
  examples: [
    { args: "serve", brief: "Answer on this machine" },
    { args: "ping --count 10000", brief: "Measure the path to it" },
    { args: "compare before.hlog after.hlog", brief: "Say whether two runs differ" },
  ],
  commands: [serve, ping, compare],
});
