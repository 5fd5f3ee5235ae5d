/** Commands of `launch` that start a tool of tram with its server and its clients, as data. */
import { command, type CommandTable } from "../config/command.ts";
import { host, json } from "../config/common_options.ts";
import {
  parseDurationMs,
  parsePath,
  parseRate,
  parseRemotePort,
  parseSizeBytes,
  parseTimeoutMs,
} from "../config/parse_flags.ts";
import { logOptions } from "../log/log_options.ts";
import { machineOptions } from "./run/machine_options.ts";
import { machines } from "./ssh/ssh_options.ts";
import {
  asTyped,
  parseClients,
  parsePlain,
  typedCount,
  typedDuration,
  typedInterval,
  typedPort,
} from "./run/tools/tool_flags.ts";

const serverOptions = {
  host: host("Address for the server to listen on"),
  port: {
    kind: "value",
    parse: typedPort,
    default: "0",
    placeholder: "PORT",
    brief: "Its port; 0 lets the system choose",
  },
} as const;

const commonOptions = {
  logDir: {
    kind: "value",
    parse: parsePath,
    placeholder: "DIR",
    brief: "Keep what each process writes in this folder",
    completes: "file",
  },
  keepLogs: { kind: "switch", brief: "Keep it in a folder launch-NAME-DATE here" },
  machines: { ...machines, brief: `Put clients on these machines. ${machines.brief}` },
  ...machineOptions,
  json,
  ...logOptions,
} as const;

const clients = (brief: string, count: string) => ({
  kind: "value",
  parse: parseClients,
  default: count,
  placeholder: "N",
  brief,
  alsoNamed: ["nb_clients"],
} as const);

const typed = (parse: (text: string) => string, placeholder: string, brief: string) =>
  ({ kind: "value", parse, placeholder, brief }) as const;

const collectCommand = command({
  path: ["launch", "collect"],
  brief: "Start a server of timestamps and clients; at the end, what is known of their clocks",
  examples: [
    { args: "--clients 5 --interval 15ms --duration 10s", brief: "Five clients for ten seconds" },
    { args: "--clients 2 --count 100 --json", brief: "A hundred samples each, for a program" },
  ],
  options: {
    clients: clients("How many clients to start", "3"),
    interval: typed(typedInterval, "DURATION", "Time between two samples (default: 10ms)"),
    duration: typed(typedDuration, "DURATION", "How long to take samples (default: 10s)"),
    count: typed(typedCount, "N", "How many samples each takes"),
    store: {
      kind: "value",
      parse: parsePath,
      default: ":memory:",
      placeholder: "FILE",
      brief: "File of the store; :memory: keeps nothing",
      completes: "file",
    },
    timeout: typed(typedDuration, "DURATION", "Longest wait of clients for the server"),
    ...serverOptions,
    ...commonOptions,
  },
  load: async () => {
    const [{ runTool }, { collectPlan }] = await Promise.all([
      import("./run/tools/run_tool.ts"),
      import("./run/tools/collect_plan.ts"),
    ]);
    return (context, flags) => runTool(context, flags, collectPlan(flags));
  },
});

const timerCommand = command({
  path: ["launch", "timer"],
  brief: "Start a server and clients that measure round trips to it",
  examples: [
    { args: "--count 10000", brief: "Ten thousand round trips" },
    { args: "--clients 3 --rate 500 --duration 5s", brief: "Three clients, 500 a second each" },
  ],
  options: {
    clients: clients("How many clients to start", "1"),
    count: {
      ...typed(typedCount, "N", "How many requests each measures"),
      alsoNamed: ["num_msgs"],
    },
    duration: typed(typedDuration, "DURATION", "How long to measure"),
    rate: typed(asTyped(parseRate), "RATE", "Send so many a second, whatever happens"),
    inFlight: typed(typedCount, "N", "Most requests that wait for their answers"),
    size: typed(asTyped(parseSizeBytes), "SIZE", "Bytes of a request"),
    warmup: typed(
      asTyped((text) => parseDurationMs(text)),
      "DURATION",
      "Send for so long before measuring",
    ),
    timeout: typed(typedDuration, "DURATION", "Longest wait for an answer"),
    ...serverOptions,
    ...commonOptions,
  },
  load: async () => {
    const [{ runTool }, { timerPlan }] = await Promise.all([
      import("./run/tools/run_tool.ts"),
      import("./run/tools/timer_plan.ts"),
    ]);
    return (context, flags) => runTool(context, flags, timerPlan(flags));
  },
});

const chatCommand = command({
  path: ["launch", "chat"],
  brief: "Start a chat and bots that talk in it; each counts the lines that it sees",
  examples: [{ args: "--bots 3 --duration 5s", brief: "Three bots for five seconds" }],
  options: {
    bots: clients("How many bots to start", "3"),
    interval: {
      ...typed(typedInterval, "DURATION", "Time between two lines of a bot"),
      default: "500ms",
    },
    duration: { ...typed(typedDuration, "DURATION", "How long they talk"), default: "5s" },
    store: {
      kind: "value",
      parse: parsePath,
      default: ":memory:",
      placeholder: "FILE",
      brief: "File of the store; :memory: keeps nothing",
      completes: "file",
    },
    ...serverOptions,
    ...commonOptions,
  },
  load: async () => {
    const [{ runTool }, { chatPlan }] = await Promise.all([
      import("./run/tools/run_tool.ts"),
      import("./run/tools/chat_plan.ts"),
    ]);
    return (context, flags) => runTool(context, flags, chatPlan(flags));
  },
});

const mapreduceCommand = command({
  path: ["launch", "mapreduce"],
  brief: "Start a job and its workers, each a process with a guard",
  examples: [
    {
      args: "--workers 2 --job wordcount --output counts --top 20 crawl/*.wet.gz",
      brief: "Count words with two workers",
    },
  ],
  options: {
    workers: clients("How many workers to start", "2"),
    job: {
      ...typed(String, "NAME|FILE", "What to do; see tram mapreduce run"),
      default: "wordcount",
    },
    input: {
      kind: "value",
      parse: (text: string): readonly string[] => [parsePlain(text)],
      repeats: true,
      placeholder: "INPUT",
      brief: "File, folder, pattern, URL or @LIST, as those behind the options",
      alias: "i",
      completes: "file",
    },
    output: {
      kind: "value",
      parse: parsePath,
      placeholder: "DIR",
      brief: "Folder to make for the output",
      required: true,
      completes: "file",
    },
    tokens: {
      ...typed(String, "HOW", "What a word is: what stands between whitespace, or unicode"),
      choices: ["whitespace", "unicode"],
    },
    foldCase: { kind: "switch", brief: "Take words as equal that differ in case only" },
    pattern: typed(String, "REGEX", "What grep looks for"),
    onError: {
      ...typed(String, "HOW", "What to do with what the job cannot do"),
      choices: ["fail", "skip"],
    },
    threads: typed(typedCount, "N", "Tasks at once in each worker"),
    memory: typed(asTyped(parseSizeBytes), "SIZE", "Memory of a worker for what its tasks hold"),
    partitions: typed(typedCount, "N", "Parts of the output"),
    top: typed(typedCount, "N", "Show the N largest counts at the end"),
    resume: { kind: "switch", brief: "Go on with the run that left this output folder" },
    ...serverOptions,
    ...commonOptions,
  },
  positional: {
    inputs: {
      parse: parsePath,
      placeholder: "INPUT",
      brief: "File, folder, pattern, URL or @LIST",
      rest: true,
      completes: "file",
    },
  },
  load: async () => {
    const [{ runTool }, { mapreducePlan }] = await Promise.all([
      import("./run/tools/run_tool.ts"),
      import("./run/tools/mapreduce_plan.ts"),
    ]);
    return (context, flags) => {
      const { input = [], inputs, ...rest } = flags;
      return runTool(context, flags, mapreducePlan({ ...rest, inputs: [...input, ...inputs] }));
    };
  },
});

const botCommand = command({
  path: ["launch", "bot"],
  brief: "Talk in a chat for a while, and count what is seen",
  hidden: true,
  options: {
    host: host("Server to join"),
    port: {
      kind: "value",
      parse: parseRemotePort,
      required: true,
      placeholder: "PORT",
      brief: "Its port",
    },
    nick: {
      kind: "value",
      parse: parsePlain,
      required: true,
      placeholder: "NAME",
      brief: "Name of this bot",
    },
    bots: {
      kind: "value",
      parse: parseClients,
      required: true,
      placeholder: "N",
      brief: "How many there are, this one included",
    },
    interval: {
      kind: "value",
      parse: (text: string) => parseDurationMs(text, "ms"),
      default: "500ms",
      placeholder: "DURATION",
      brief: "Time between two lines",
    },
    duration: {
      kind: "value",
      parse: parseTimeoutMs,
      default: "5s",
      placeholder: "DURATION",
      brief: "How long to talk",
    },
    json,
  },
  load: async () => (await import("./run/tools/bot.ts")).bot,
});

/** Commands of `launch` that start a tool. */
export const toolCommands: readonly CommandTable[] = [
  collectCommand,
  timerCommand,
  chatCommand,
  mapreduceCommand,
  botCommand,
];
