/** Options that many commands have. */
import { parsePath } from "./parse_flags.ts";

/** `--json`. */
export const json = {
  kind: "switch",
  brief: "Print JSON, one object per line",
  common: true,
} as const;

/** `--token-file`. */
export const tokenFile = {
  kind: "value",
  parse: parsePath,
  placeholder: "FILE",
  brief: "File with the token (default: TRAM_TOKEN, else your own)",
  completes: "file",
  common: true,
} as const;
