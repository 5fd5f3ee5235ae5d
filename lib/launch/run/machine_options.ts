/** Options of commands that may put roles on other machines. */
import { parseHost, parsePath } from "../../config/parse_flags.ts";
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
  ...sshOptions,
} as const;

/** Values of {@linkcode machineOptions}. */
export type MachineFlags = Values<typeof machineOptions>;
