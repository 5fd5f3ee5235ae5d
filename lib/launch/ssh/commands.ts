/** Commands of `launch` that use other machines by ssh, as data. */
import { command, type CommandTable } from "../../config/command.ts";
import { duration, outputOptions, timeout } from "../../config/common_options.ts";
import { parsePath } from "../../config/parse_flags.ts";
import { executable, machines, sshOptions } from "./ssh_options.ts";

/** What all of these commands take: how machines are reached, and where it goes what became of them. */
const fleetOptions = {
  retryFile: {
    kind: "value",
    parse: parsePath,
    placeholder: "FILE",
    brief: "Write the list of the machines that failed to this file, as --machines takes it",
    completes: "file",
  },
  ...sshOptions,
  ...outputOptions,
} as const;

/** Options of `launch deploy`. */
export const deployOptions = {
  machines: { ...machines, required: true },
  executable,
  timeout: timeout("Longest time for a machine", "10m"),
  ...fleetOptions,
} as const;

const deploy = command({
  path: ["launch", "deploy"],
  brief: "Bring tram to other machines, where it is not there yet",
  examples: [
    { args: "--machines room.hosts", brief: "To all machines of a list" },
    {
      args: "--machines room.hosts --executable dist/tram -x node[03-05]",
      brief: "Another executable, and not to all of them",
    },
  ],
  options: deployOptions,
  load: async () => (await import("./deploy.ts")).deploy,
});

/** Options of `launch exec`. */
export const execOptions = {
  machines: { ...machines, required: true },
  timeout: duration(
    "Longest run on a machine; the time to get there is apart (default: for ever)",
  ),
  noFold: {
    kind: "switch",
    brief: "Show lines as they come, with the name of their machine, instead of equal output once",
  },
  ...fleetOptions,
} as const;

/** What `launch exec` runs. */
export const execPositional = {
  words: {
    parse: String,
    placeholder: "COMMAND",
    brief: "A command line for sh in one word, or a program and its arguments, as they are",
    rest: true,
  },
} as const;

const exec = command({
  path: ["launch", "exec"],
  brief: "Run a command on all machines of a list, and show equal output once",
  examples: [
    { args: "--machines room.hosts -- uptime", brief: "On all machines of a list" },
    { args: "--machines room.hosts 'df -h / | tail -1'", brief: "A command line for sh" },
    {
      args: "--machines room.hosts --no-fold --retry-file failed.hosts -- make test",
      brief: "Lines as they come; those that fail once more by --machines failed.hosts",
    },
  ],
  options: execOptions,
  positional: execPositional,
  load: async () => (await import("./exec.ts")).exec,
});

/** A run's id. @throws {SyntaxError} */
function parseRun(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw new SyntaxError(`wanted the id of a run, letters, digits, "-" and "_", got "${text}"`);
}

/** Options of `launch clean`. */
export const cleanOptions = {
  machines,
  here: { kind: "switch", brief: "On this machine" },
  run: {
    kind: "value",
    parse: parseRun,
    placeholder: "ID",
    brief: "End this run, with all that it has left (default: what runs that are over have left)",
  },
  all: { kind: "switch", brief: "End all runs of yours, also those that go on" },
  timeout: timeout("Longest time for a machine", "1m"),
  ...fleetOptions,
} as const;

const clean = command({
  path: ["launch", "clean"],
  brief: "End what launches have left running, and see that nothing is left",
  examples: [
    { args: "--here", brief: "On this machine" },
    {
      args: "--machines room.hosts --run 3f9c0d12e4b8567a",
      brief: "End one run, as launch status names it",
    },
  ],
  options: cleanOptions,
  load: async () => (await import("./clean.ts")).clean,
});

const checksum = command({
  path: ["launch", "checksum"],
  brief: "Print the SHA-256 of this executable, for machines without a program that can",
  hidden: true,
  load: async () => (await import("./checksum.ts")).checksum,
});

/** Commands of `launch` that use other machines by ssh. */
export const sshCommands: readonly CommandTable[] = [deploy, exec, clean, checksum];
