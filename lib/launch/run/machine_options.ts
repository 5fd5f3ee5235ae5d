/** Options of commands that may put roles on other machines. */
import { duration } from "../../config/common_options.ts";
import { parseHost } from "../../config/parse_flags.ts";
import type { Values } from "../../config/option.ts";
import { executable, sshOptions } from "../ssh/ssh_options.ts";

/** What says how other machines are used. */
export const machineOptions = {
  executable,
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
    ...duration("How long a machine may be silent before it counts as gone"),
    default: "20s",
    hidden: true,
  },
  ...sshOptions,
} as const;

/** Values of {@linkcode machineOptions}. */
export type MachineFlags = Values<typeof machineOptions>;
