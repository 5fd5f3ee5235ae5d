/** Commands of `launch` that start a tool of tram with its server and its clients, as data. */
import { collect } from "../collect/declaration.ts";
import { command, type CommandTable, type TableBody } from "../config/command.ts";
import { duration, host, json, outputOptions, store } from "../config/common_options.ts";
import { parseDurationMs, parsePath, parseRemotePort } from "../config/parse_flags.ts";
import { mapreduce } from "../mapreduce/declaration.ts";
import { timer } from "../timer/declaration.ts";
import type { LaunchPlan } from "./run/launch_plan.ts";
import { machineOptions } from "./run/machine_options.ts";
import { chatPlan } from "./run/tools/chat_plan.ts";
import { collectPlan, SEND_OPTIONS, USUAL_DURATION } from "./run/tools/collect_plan.ts";
import {
  mapreducePlan,
  RUN_OPTIONS,
  RUN_SWITCHES,
  USUAL_JOB,
  USUAL_WORKERS,
} from "./run/tools/mapreduce_plan.ts";
import { passedOn, passedOnSwitches } from "./run/tools/passed_on.ts";
import type { ToolFlags } from "./run/tools/run_tool.ts";
import { PING_OPTIONS, timerPlan } from "./run/tools/timer_plan.ts";
import {
  parseClients,
  parsePlain,
  typedDuration,
  typedInterval,
  typedPort,
} from "./run/tools/tool_flags.ts";
import { machines } from "./ssh/ssh_options.ts";

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
  ...outputOptions,
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

/** The body of a command that runs what its flags make a plan of. */
function toolBody<F>(planOf: (flags: F) => LaunchPlan): () => Promise<TableBody<F & ToolFlags>> {
  return async () => {
    const { runTool } = await import("./run/tools/run_tool.ts");
    return (context, flags) => runTool(context, flags, planOf(flags));
  };
}

const collectCommand = command({
  path: ["launch", "collect"],
  brief: "Start a server of timestamps and clients; at the end, what is known of their clocks",
  examples: [
    { args: "--clients 5 --interval 15ms --duration 10s", brief: "Five clients for ten seconds" },
    { args: "--clients 2 --count 100 --json", brief: "A hundred samples each, for a program" },
    { args: "--clients 8 --machines room.hosts", brief: "Clients on other machines, by ssh" },
  ],
  options: {
    clients: clients("How many clients to start", "3"),
    ...passedOn(collect, "send", SEND_OPTIONS, {
      duration: `How long to take samples; a bare number is seconds (default: ${USUAL_DURATION})`,
      count: "How many samples each takes",
    }),
    store: store(":memory:"),
    ...serverOptions,
    ...commonOptions,
  },
  load: toolBody(collectPlan),
});

const timerCommand = command({
  path: ["launch", "timer"],
  brief: "Start a server and clients that measure round trips to it",
  examples: [
    { args: "--count 10000", brief: "Ten thousand round trips" },
    { args: "--clients 3 --rate 500 --duration 5s", brief: "Three clients, 500 a second each" },
    { args: "--clients 4 --machines room.hosts", brief: "The way from other machines to this one" },
  ],
  options: {
    clients: clients("How many clients to start", "1"),
    ...passedOn(timer, "ping", PING_OPTIONS, {
      rate: "Each client sends so many a second, whatever happens to those before (default: each " +
        "one when the one before is answered)",
    }),
    ...serverOptions,
    ...commonOptions,
  },
  load: toolBody(timerPlan),
});

const chatCommand = command({
  path: ["launch", "chat"],
  brief: "Start a chat and bots that talk in it; each counts the lines that it sees",
  examples: [
    { args: "--bots 3 --duration 5s", brief: "Three bots for five seconds" },
    {
      args: "--bots 50 --interval 100ms --store storm.sqlite",
      brief: "A crowd; its lines are kept",
    },
  ],
  options: {
    bots: clients("How many bots to start", "3"),
    interval: {
      ...typed(typedInterval, "DURATION", "Time between two lines of a bot"),
      default: "500ms",
      alias: "i",
    },
    duration: {
      ...typed(typedDuration, "DURATION", "How long they talk"),
      default: "5s",
      alias: "d",
    },
    store: store(":memory:"),
    ...serverOptions,
    ...commonOptions,
  },
  load: toolBody(chatPlan),
});

const runOptions = passedOn(mapreduce, "run", RUN_OPTIONS, {
  job: "One that is built in (see tram help mapreduce run), or a .ts or .js file with a job " +
    `(default: ${USUAL_JOB})`,
  threads: "Tasks at once in each worker (default: as many as its machine has cores)",
});

const mapreduceCommand = command({
  path: ["launch", "mapreduce"],
  brief: "Start a job and its workers, each a process with a guard",
  examples: [
    {
      args: "--workers 2 --output counts --top 20 crawl/*.wet.gz",
      brief: `Two workers do the usual job, ${USUAL_JOB}`,
    },
    {
      args: "--machines room.hosts --job grep --pattern 'h[ae]llo' --output found pages/",
      brief: "Workers on other machines, which are brought the inputs and tram itself",
    },
  ],
  options: {
    workers: {
      ...{ kind: "value", parse: parseClients, placeholder: "N", alsoNamed: ["nb_clients"] },
      brief: `How many workers to start (default: ${USUAL_WORKERS}, or one for each slot of the ` +
        "machines)",
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
    ...runOptions,
    output: { ...runOptions.output, required: true },
    ...passedOnSwitches(mapreduce, "run", RUN_SWITCHES),
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
    const [{ runTool }, { slotsOf }] = await Promise.all([
      import("./run/tools/run_tool.ts"),
      import("./run/tools/slots_of.ts"),
    ]);
    return async (context, flags) => {
      const { input = [], inputs, ...rest } = flags;
      const workers = flags.workers ?? await slotsOf(context, flags) ?? USUAL_WORKERS;
      const plan = mapreducePlan({ ...rest, workers, inputs: [...input, ...inputs] });
      return runTool(context, flags, plan);
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
      alias: "i",
    },
    duration: { ...duration("How long to talk"), default: "5s", alias: "d" },
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
