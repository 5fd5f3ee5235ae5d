import { didYouMean } from "../../config/did_you_mean.ts";
import { expandRanges } from "./expand_ranges.ts";
import type { Machine } from "./machine.ts";
import { splitOutsideBrackets } from "./split_outside_brackets.ts";

/**
 * The machines without those that `pattern` names, such as `node[03-05],gateway`: by their whole
 * name, or by the host alone.
 *
 * @throws {SyntaxError} when the pattern names one that is not in the list: leaving it out would be
 * taken for done
 */
export function excludeMachines(machines: readonly Machine[], pattern: string): readonly Machine[] {
  const unwanted = new Set(splitOutsideBrackets(pattern).flatMap(expandRanges));
  const known = new Set(machines.flatMap(({ name, host }) => [name, host]));
  for (const name of unwanted) {
    if (known.has(name)) continue;
    throw new SyntaxError(
      `Cannot leave out "${name}": it is not in the list${didYouMean(name, known)}`,
    );
  }
  return machines.filter(({ name, host }) => !unwanted.has(name) && !unwanted.has(host));
}
