/** Options of commands that may put roles on other machines. */
import { parseHost, parsePath, parseTimeoutMs } from "../../config/parse_flags.ts";
import type { Values } from "../../config/option.ts";
import { sshOptions } from "../ssh/ssh_options.ts";

/** What says how other machines are used. */
export const machineOptions = {
  executable: {
    kind: "value",
    parse: parsePath,
    placeholder: "FILE",
    brief: "Executable to bring to other machines (default: this tram, when it is one)",
    completes: "file",
  },
  advertise: {
    kind: "value",
    parse: parseHost,
    placeholder: "HOST",
    brief: "Name or address by which other machines reach this one (default: its name)",
  },
  tunnel: {
    kind: "switch",
    brief: "Other machines reach this one through their ssh connections, not by dialling back",
  },
  silence: {
    kind: "value",
    parse: parseTimeoutMs,
    default: "20s",
    placeholder: "DURATION",
    brief: "How long a machine may be silent before it counts as gone",
    hidden: true,
  },
  ...sshOptions,
} as const;

/** Values of {@linkcode machineOptions}. */
export type MachineFlags = Values<typeof machineOptions>;
