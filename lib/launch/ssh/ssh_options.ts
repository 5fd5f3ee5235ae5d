/** Options of all commands that use other machines. */
import { timeout } from "../../config/common_options.ts";
import { parsePath } from "../../config/parse_flags.ts";
import type { Values } from "../../config/option.ts";

/** `Name=value`. @throws {SyntaxError} */
function parseSetting(text: string): readonly string[] {
  if (/^[A-Za-z][A-Za-z0-9]*[= ].+$/.test(text)) return [text];
  throw new SyntaxError(`wanted a setting of ssh such as StrictHostKeyChecking=yes, got "${text}"`);
}

/** A pattern of names. @throws {SyntaxError} */
function parseNames(text: string): readonly string[] {
  if (/^[A-Za-z0-9_.@:,%[\]][A-Za-z0-9_.@:,%[\]-]*$/.test(text)) return [text];
  throw new SyntaxError(`wanted names of machines such as node[03-05],gateway, got "${text}"`);
}

/** The list of machines. */
export const machines = {
  kind: "value",
  parse: parsePath,
  placeholder: "FILE",
  brief: "List of machines, a line each: [user@]host[:port] [slots=N], ranges as node[01-20]",
  alias: "m",
  completes: "file",
} as const;

/** `--executable`. */
export const executable = {
  kind: "value",
  parse: parsePath,
  placeholder: "FILE",
  brief: "Executable to bring to other machines (default: this tram, when it is one)",
  completes: "file",
} as const;

/** How to reach other machines. */
export const sshOptions = {
  exclude: {
    kind: "value",
    parse: parseNames,
    repeats: true,
    placeholder: "NAMES",
    brief: "Machines of the list to leave out, as node[03-05]; may be given several times",
    alias: "x",
  },
  ssh: {
    kind: "value",
    parse: parsePath,
    default: "ssh",
    placeholder: "PROGRAM",
    brief: "The client of OpenSSH",
    common: true,
  },
  sshConfig: {
    kind: "value",
    parse: parsePath,
    placeholder: "FILE",
    brief: "Settings for ssh instead of your own (ssh -F)",
    completes: "file",
  },
  sshOption: {
    kind: "value",
    parse: parseSetting,
    repeats: true,
    placeholder: "NAME=VALUE",
    brief: "One more setting for ssh (ssh -o); may be given several times",
    alias: "o",
  },
  connectTimeout: timeout("Longest time until a machine has let us in", "10s"),
} as const;

/** Values of {@linkcode sshOptions}. */
export type SshFlags = Values<typeof sshOptions>;
