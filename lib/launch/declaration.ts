/** The subcommand `launch`: its commands as data. The bodies are loaded when they are called. */
import { command } from "../config/command.ts";
import { outputOptions } from "../config/common_options.ts";
import { parsePath } from "../config/parse_flags.ts";
import { subcommand } from "../config/subcommand.ts";
import { machineOptions } from "./run/machine_options.ts";
import { sshCommands } from "./ssh/commands.ts";
import { toolCommands } from "./tool_commands.ts";

const logs = {
  logDir: {
    kind: "value",
    parse: parsePath,
    placeholder: "DIR",
    brief: "Folder for what each process writes (default: launch-NAME-DATE here)",
    completes: "file",
  },
  noLogs: { kind: "switch", brief: "Keep nothing of what processes write" },
} as const;

/** Names between commas. @throws {SyntaxError} */
function parseRoles(text: string): readonly string[] {
  if (/^[\w-]+(,[\w-]+)*$/.test(text)) return text.split(",");
  throw new SyntaxError(`wanted names of roles between commas, got "${text}"`);
}

const upCommand = command({
  path: ["launch", "up"],
  brief: "Run what a launch file says: servers, then what needs them; and end it all together",
  examples: [
    { brief: "What launch.toml says" },
    { args: "lesson.toml --only server", brief: "One role, and what it needs" },
    { args: "lesson.toml --json --no-logs", brief: "Events for a program" },
  ],
  options: {
    only: {
      kind: "value",
      parse: parseRoles,
      repeats: true,
      placeholder: "ROLES",
      brief: "Only these roles, between commas, and those that they come after",
    },
    ...logs,
    ...machineOptions,
    ...outputOptions,
  },
  positional: {
    file: {
      parse: parsePath,
      placeholder: "FILE",
      brief: "The launch file (default: launch.toml)",
      optional: true,
      completes: "file",
    },
  },
  load: async () => (await import("./run/up.ts")).up,
});

const runName = {
  parse: String,
  placeholder: "NAME",
  brief: "Name of a run (default: all)",
  optional: true,
} as const;

const statusCommand = command({
  path: ["launch", "status"],
  brief: "Say which launches of yours go on, and how their processes are",
  examples: [{ brief: "All of them" }, { args: "lesson --json", brief: "One, for a program" }],
  options: outputOptions,
  positional: { name: runName },
  load: async () => (await import("./run/status.ts")).status,
});

const stopCommand = command({
  path: ["launch", "stop"],
  brief: "Have a launch of yours end, as ^C does",
  examples: [{ brief: "The only one" }, { args: "lesson", brief: "One of several" }],
  options: outputOptions,
  positional: { name: { ...runName, brief: "Name of a run (default: the only one)" } },
  load: async () => (await import("./run/status.ts")).stop,
});

const initCommand = command({
  path: ["launch", "init"],
  brief: "Write a launch file to start from, which works as it is",
  examples: [{ brief: "launch.toml" }, { args: "lesson.toml", brief: "Another name" }],
  options: { force: { kind: "switch", brief: "Write it over one that is there" } },
  positional: {
    file: {
      parse: parsePath,
      placeholder: "FILE",
      brief: "Where to write it (default: launch.toml)",
      optional: true,
      completes: "file",
    },
  },
  load: async () => (await import("./run/init.ts")).init,
});

const guardCommand = command({
  path: ["launch", "guard"],
  brief: "Start processes for a launcher, which is at the other end of standard input and output",
  hidden: true,
  load: async () => (await import("./guard/guard_command.ts")).guardCommand,
});

/** `tram launch`. */
export const launch = subcommand({
  name: "launch",
  brief: "Start servers, clients and workers, here and on other machines, and end them all",
  examples: [
    { args: "collect --clients 5 --duration 10s", brief: "A server, five clients, a report" },
    {
      args: "mapreduce --machines room.hosts --output counts crawl",
      brief: "Workers on other machines, by ssh",
    },
    { args: "init", brief: "Write a launch file of your own" },
    { args: "up lesson.toml", brief: "Run what a file says" },
    { args: "status", brief: "What runs" },
  ],
  commands: [
    ...toolCommands,
    ...[upCommand, initCommand, statusCommand, stopCommand, guardCommand],
    ...sshCommands,
  ],
});
