/** Readers of the arguments of `tram tls`. */
import { parseWhole } from "../config/parse_flags.ts";
import { machineName } from "../transport/tls/machine_name.ts";

/** Most days for which a certificate is made: ten years. */
const MAX_DAYS = 3660;

/** Names of one machine, with commas between them. @throws {SyntaxError} */
export function parseMachine(text: string): readonly string[] {
  const names = text.split(",").map(machineName);
  // Its files would be those of the authority.
  if (names[0] !== "ca") return names;
  throw new SyntaxError('wanted another name than "ca", which the authority\'s files have');
}

/** Days for which a certificate is valid. @throws {SyntaxError} */
export function parseDays(text: string): number {
  return parseWhole(text, 1, MAX_DAYS);
}
