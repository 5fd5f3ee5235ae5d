/** The subcommand `mapreduce`: its commands as data. The bodies are loaded when they are called. */
import { command } from "../config/command.ts";
import {
  host,
  listenAccess,
  outputOptions,
  timeout,
  tlsDialOptions,
  tokenFile,
} from "../config/common_options.ts";
import { parseHost, parsePath, parsePort } from "../config/parse_flags.ts";
import { subcommand } from "../config/subcommand.ts";
import { MAPREDUCE_PORT } from "./engine/port.ts";
import { jobOptions, mapCommand, reduceCommand, sandboxCommand } from "./step_commands.ts";
import {
  parseCoordinator,
  parseInput,
  parseMemory,
  parsePartitions,
  parseThreads,
  parseTop,
  parseWorkers,
} from "./parse_mapreduce.ts";

const memory = {
  kind: "value",
  parse: parseMemory,
  default: "256MiB",
  placeholder: "MEMORY",
  brief: "Memory of a worker for what its tasks hold; the rest goes to --temp",
} as const;

const temp = {
  kind: "value",
  parse: parsePath,
  placeholder: "DIR",
  brief: "Folder on a disk for what does not fit into memory, and for map outputs until the end " +
    "(default: TMPDIR, else /tmp)",
  completes: "file",
} as const;

const runCommand = command({
  path: ["mapreduce", "run"],
  brief: "Run a job over files: count words, search, index, or a job of your own",
  examples: [
    {
      args: "--job wordcount --output counts --top 20 crawl/*.wet.gz",
      brief: "Count the words of a crawl on all cores, show the most frequent",
    },
    {
      args: "--job ./job.ts --input @list.txt --output out",
      brief: "A job of your own over files and URLs, one a line",
    },
    {
      args: "--job grep --pattern 'h[ae]llo' --output found --workers 0 pages/",
      brief: "One task after the other in this process",
    },
    {
      args: "--job index --output words --host 0.0.0.0 crawl/",
      brief: `Let workers on other machines join at port ${MAPREDUCE_PORT}`,
    },
    {
      args: "--mapper 'tr -s \" \" \"\\n\"' --reducer 'uniq -c' --output out a.txt",
      brief: "Programs as steps, as with Hadoop Streaming",
    },
    {
      args: "--job wordcount --output counts --resume crawl/*.wet.gz",
      brief: "Go on with a run that was ended",
    },
  ],
  options: {
    ...jobOptions,
    onError: {
      ...jobOptions.onError,
      brief: "What to do when the job cannot be done for a record or key, or for a part of the " +
        "input (after four tries): fail, or skip it and name it, exit code 3; a part of the " +
        "output is never skipped",
    },
    jobTimeout: {
      ...jobOptions.jobTimeout,
      brief: "Longest that a job of your own may take for a record, or for a megabyte of values; " +
        "of --mapper and --reducer: longest without a sign of life, at least ten minutes; a bare " +
        "number is seconds",
    },
    mapper: {
      kind: "value",
      parse: String,
      placeholder: "COMMAND",
      brief: "Command line that maps: reads the text of records, writes lines of key TAB value",
    },
    reducer: {
      kind: "value",
      parse: String,
      placeholder: "COMMAND",
      brief: "Command line that reduces: reads sorted lines of key TAB value, writes such lines",
    },
    input: {
      kind: "value",
      parse: (text: string): readonly string[] => [parseInput(text)],
      repeats: true,
      placeholder: "INPUT",
      brief: "File, folder, pattern, URL or @LIST to read, as those behind the options; may be " +
        "given several times",
      alias: "i",
      completes: "file",
    },
    output: {
      kind: "value",
      parse: parsePath,
      placeholder: "DIR",
      brief: "Folder to make for the output",
      alias: "o",
      required: true,
      completes: "file",
    },
    workers: {
      kind: "value",
      parse: parseWorkers,
      placeholder: "N",
      brief:
        "Worker processes to start here; 0: do it in this process, one task after the other; " +
        "join: start none, wait for those that come (default: as many as there are cores)",
    },
    threads: {
      kind: "value",
      parse: parseThreads,
      placeholder: "N",
      brief: "Tasks at once in each worker that is started here (default: its share of the cores)",
    },
    memory,
    temp,
    partitions: {
      kind: "value",
      parse: parsePartitions,
      default: "8",
      placeholder: "N",
      brief: "Parts of the output",
    },
    top: {
      kind: "value",
      parse: parseTop,
      placeholder: "N",
      brief: "Show the N largest counts at the end",
    },
    verifyInputs: {
      kind: "switch",
      brief: "Compare all bytes of a worker's own copy of an input, not only both ends",
    },
    resume: { kind: "switch", brief: "Go on with the run that left this output folder" },
    host: host("Address to listen on for workers"),
    port: {
      kind: "value",
      parse: parsePort,
      placeholder: "PORT",
      brief: "Port to listen on; 0 lets the system choose (default: " +
        `${MAPREDUCE_PORT} with --host or --workers join, else one that is free)`,
    },
    timeout: timeout("Longest time without any worker", "60s"),
    ...listenAccess("Let everybody join and see the inputs, without a token"),
    tlsCa: {
      ...tlsDialOptions.tlsCa,
      brief: "Authority of that certificate (PEM), for the workers that are started here",
    },
    tokenFile: {
      ...tokenFile,
      brief: "File with the token (default: TRAM_TOKEN; else a new one, or your own where others " +
        "may join)",
    },
    ...outputOptions,
  },
  positional: {
    inputs: {
      parse: parseInput,
      placeholder: "INPUT",
      brief: "File, folder, pattern, URL or @LIST",
      rest: true,
      completes: "file",
    },
  },
  load: async () => (await import("./run.ts")).run,
});

const workerCommand = command({
  path: ["mapreduce", "worker"],
  brief: "Help with a job that runs on another machine",
  examples: [
    { args: "--coordinator 192.0.2.7", brief: "Use all cores; the inputs are sent" },
    {
      args: "--coordinator 192.0.2.7:7790 --input-root /data --token-file room.token",
      brief: "Use copies of the inputs below /data",
    },
  ],
  options: {
    coordinator: {
      kind: "value",
      parse: parseCoordinator,
      placeholder: "HOST:PORT",
      brief: `Where tram mapreduce run is (its port: ${MAPREDUCE_PORT} unless it is given)`,
      required: true,
    },
    advertise: {
      kind: "value",
      parse: parseHost,
      placeholder: "HOST",
      brief: "Name or address by which other workers reach this machine (default: the one that " +
        "the coordinator sees)",
    },
    inputRoot: {
      kind: "value",
      parse: parsePath,
      placeholder: "DIR",
      brief: "Folder in which to look for own copies of inputs; nothing else is opened",
      completes: "file",
    },
    threads: {
      kind: "value",
      parse: parseThreads,
      placeholder: "N",
      brief: "Tasks at once (default: as many as there are cores)",
    },
    memory,
    temp,
    timeout: timeout("Longest wait for the coordinator, also when it is lost", "60s"),
    ...listenAccess(
      "Take no token, for a run that is --insecure: whoever answers there may run commands here",
    ),
    ...tlsDialOptions,
    tokenStdin: {
      kind: "switch",
      brief: "Read the token from standard input, and leave when that ends",
      hidden: true,
    },
    ...outputOptions,
  },
  positional: {
    files: {
      parse: parsePath,
      placeholder: "FILE",
      brief: "Own copy of an input",
      rest: true,
      completes: "file",
    },
  },
  load: async () => (await import("./worker.ts")).worker,
});

/** `tram mapreduce`. */
export const mapreduce = subcommand({
  name: "mapreduce",
  brief: "Count, search and index many files on all cores and machines",
  examples: [
    { args: "run --job wordcount --output counts --top 20 pages/", brief: "Count words" },
    { args: "worker --coordinator 192.0.2.7", brief: "Help another machine with its job" },
    { args: "map --job wordcount < a.wet", brief: "One step, in a pipe" },
  ],
  commands: [runCommand, workerCommand, mapCommand, reduceCommand, sandboxCommand],
});
