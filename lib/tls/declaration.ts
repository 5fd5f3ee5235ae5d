/** The subcommand `tls`: its commands as data. The bodies are loaded when they are called. */
import { command } from "../config/command.ts";
import { outputOptions } from "../config/common_options.ts";
import { parsePath } from "../config/parse_flags.ts";
import { subcommand } from "../config/subcommand.ts";
import { parseDays, parseMachine } from "./parse_tls.ts";

const init = command({
  path: ["tls", "init"],
  brief: "Make certificates for machines, and an authority of your own that signs them",
  examples: [
    { args: "", brief: "One for this machine" },
    { args: "lab-1,192.0.2.7 lab-2", brief: "One for each of two machines, with all their names" },
    { args: "--ca-dir ./tls --days 30 lab-1", brief: "In a folder of this room, for a month" },
    { args: "--force lab-1", brief: "A new one for a machine that has one" },
  ],
  options: {
    caDir: {
      kind: "value",
      parse: parsePath,
      placeholder: "DIR",
      brief: "Folder of the authority and of all that it signs (default: tls in your " +
        "configuration folder)",
      completes: "file",
    },
    days: {
      kind: "value",
      parse: parseDays,
      default: "365",
      placeholder: "N",
      brief: "How long certificates of machines are valid; the authority is for ten years",
    },
    force: {
      kind: "switch",
      brief: "Replace certificates and keys of these machines; the authority stays",
    },
    ...outputOptions,
  },
  positional: {
    machines: {
      parse: parseMachine,
      placeholder: "NAMES",
      brief: "DNS names and IP addresses of a machine, by which others dial it, with commas " +
        "between them (default: this machine's name)",
      rest: true,
    },
  },
  load: async () => (await import("./init_tls.ts")).initTls,
});

/** `tram tls`. */
export const tls = subcommand({
  name: "tls",
  brief: "Make certificates, so that the line can be encrypted",
  examples: [
    { args: "init", brief: "A certificate for this machine" },
    { args: "init lab-1,192.0.2.7", brief: "One for another machine" },
  ],
  commands: [init],
});
