/** Options about options. They are flags only: a file cannot name itself. */
import type { CommandTable } from "./command.ts";
import type { Options } from "./option.ts";
import { parsePath } from "./parse_flags.ts";

/** What every command has that has options. */
export const CONFIG_OPTIONS = {
  config: {
    kind: "value",
    parse: parsePath,
    placeholder: "FILE",
    brief: "Options from this TOML or .ini file; none reads no file (default: TRAM_CONFIG, else " +
      "tram.toml or tram.ini here, else in your configuration folder)",
    completes: "file",
  },
  showConfig: {
    kind: "switch",
    brief: "Print the value of each option and where it is from, and do nothing",
  },
} as const satisfies Options;

/** The flags that a command takes: its own and those about options. */
export function flagsOf({ options }: CommandTable): Options {
  return Object.keys(options).length === 0 ? {} : { ...options, ...CONFIG_OPTIONS };
}
