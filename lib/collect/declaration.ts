/** The subcommand `collect`: its commands as data. The bodies are loaded when they are called. */
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
  store,
  storeFile,
  timeout,
} from "../config/common_options.ts";
import { oneOf, parseCount, parseHost, parsePath } from "../config/parse_flags.ts";
import { subcommand } from "../config/subcommand.ts";
import { DEFAULT_STORE } from "./default_store.ts";
import { parseClientId, parseIntervalMs, parseNamedClient } from "./parse_collect.ts";
import { parseTimeUs } from "./parse_time_us.ts";
import { COLLECT_PORT } from "./port.ts";

const serve = command({
  path: ["collect", "serve"],
  brief: "Gather timestamps from clients, each once, and learn how far their clocks are off",
  examples: [
    { args: "", brief: "Listen on this machine, keep samples in collect.sqlite" },
    { args: "--host 0.0.0.0 --store room.sqlite --retention 24h", brief: "For other machines" },
    { args: "--port 0 --store :memory: --json", brief: "Try it: any free port, nothing is kept" },
    {
      args: "--host 0.0.0.0 --tls-cert lab-1.pem --tls-key lab-1.key",
      brief: "Encrypted, with what tram tls init lab-1 made",
    },
  ],
  options: {
    host: host("Address to listen on"),
    port: listenPort(COLLECT_PORT),
    maxClients: maxClients(10_000),
    store: store(DEFAULT_STORE),
    retention: duration("Remove samples that are older, e.g. 24h (default: never)"),
    ...listenAccess("Let everybody in, without a token"),
    ...outputOptions,
  },
  load: async () => (await import("./serve.ts")).serve,
});

const send = command({
  path: ["collect", "send"],
  brief: "Take a timestamp at fixed times and see that each is stored once",
  examples: [
    { args: "", brief: "Every 10 ms, until ^C" },
    { args: "--interval 1s --count 60", brief: "A minute" },
    { args: "--host 192.0.2.7 --id lab-3 --spool lab-3.spool", brief: "Outlives its own death" },
    { args: "--host lab-1 --tls-ca ca.pem", brief: "Encrypted" },
  ],
  options: {
    host: host("Server to send to"),
    port: dialPort(COLLECT_PORT),
    interval: {
      kind: "value",
      parse: parseIntervalMs,
      default: "10ms",
      placeholder: "DURATION",
      brief: "Time between two samples; a bare number is milliseconds",
      alias: "i",
    },
    count: {
      kind: "value",
      parse: parseCount,
      placeholder: "N",
      brief: "How many samples to take (default: until ^C)",
      alias: "c",
    },
    duration: { ...duration("How long to take samples; a bare number is seconds"), alias: "d" },
    id: {
      kind: "value",
      parse: parseClientId,
      placeholder: "NAME",
      brief: "Name of this client (default: that of the machine, with a number if it is taken)",
    },
    spool: {
      kind: "value",
      parse: parsePath,
      placeholder: "FILE",
      brief: "Keep what is not acknowledged in this file, also when this process dies",
      completes: "file",
    },
    queue: {
      kind: "value",
      parse: parseCount,
      default: "100000",
      placeholder: "N",
      brief: "Most samples that wait while the server is away; the oldest are dropped then",
    },
    timeout: timeout(
      "Longest wait for the connection, and at the end for what is not acknowledged",
    ),
    ...dialAccess,
    ...outputOptions,
  },
  load: async () => (await import("./send.ts")).send,
});

const clients = {
  parse: parseNamedClient,
  rest: true,
  placeholder: "CLIENT",
  brief: "Names of clients (default: all)",
} as const;

const report = command({
  path: ["collect", "report"],
  brief: "Say what is known about clients: how far each clock is off, what was stored and lost",
  examples: [
    { args: "", brief: "All clients in collect.sqlite" },
    { args: "--store room.sqlite lab-3 --json", brief: "One client, for a program" },
    { args: "--live", brief: "Ask the server on this machine, which knows it to the moment" },
    { args: "--host 192.0.2.7", brief: "Ask another one" },
  ],
  positional: { clients },
  options: {
    store: { ...storeFile, brief: `File of the store (default: ${DEFAULT_STORE})` },
    live: { kind: "switch", brief: "Ask a running server instead of reading a file" },
    host: {
      kind: "value",
      parse: parseHost,
      placeholder: "HOST",
      brief: "Server to ask; without --store, --live goes without saying (default: 127.0.0.1)",
      common: true,
    },
    port: dialPort(COLLECT_PORT),
    timeout: timeout("Longest wait for the connection and for the answer"),
    ...dialAccess,
    ...outputOptions,
  },
  load: async () => (await import("./report.ts")).report,
});

const exportCommand = command({
  path: ["collect", "export"],
  brief: "Print samples as CSV or JSON lines, ordered by client and time",
  examples: [
    { args: "> samples.csv", brief: "Everything in collect.sqlite" },
    { args: "--from 2026-11-20 --to 2026-11-21T12:00Z lab-3", brief: "A day and a half of one" },
    { args: "--format jsonl | head", brief: "One JSON object per sample" },
  ],
  positional: { clients },
  options: {
    store: {
      ...storeFile,
      default: DEFAULT_STORE,
      brief: "File of the store; a server may be using it",
    },
    format: {
      kind: "value",
      ...oneOf("csv", "jsonl"),
      placeholder: "FORMAT",
      brief: "How to print samples (default: csv, with --json jsonl)",
    },
    from: {
      kind: "value",
      parse: parseTimeUs,
      placeholder: "TIME",
      brief: "First time on the client's clock: ISO 8601, UTC by default, or microseconds",
    },
    to: {
      kind: "value",
      parse: parseTimeUs,
      placeholder: "TIME",
      brief: "Time before which samples end",
    },
    ...outputOptions,
  },
  load: async () => (await import("./export.ts")).exportSamples,
});

/** `tram collect`. */
export const collect = subcommand({
  name: "collect",
  brief: "Gather timestamps of many machines, and know how far each clock is off",
  examples: [
    { args: "serve", brief: "Gather on this machine" },
    { args: "send --count 100", brief: "Send a hundred timestamps to it" },
    { args: "report", brief: "How far each clock is off, and whether anything is missing" },
    { args: "export > samples.csv", brief: "All that is stored" },
  ],
  commands: [serve, send, report, exportCommand],
});
