/** Options from one section of a configuration file. */
import type { Candidate } from "./candidate.ts";
import type { CommandTable } from "./command.ts";
import { didYouMean } from "./did_you_mean.ts";
import { isTable, type Table } from "./is_table.ts";
import { keysOf, type Known, type KnownOptions } from "./known_options.ts";
import { camelName } from "./option_names.ts";
import { readCandidate } from "./resolve.ts";
import { shownName as shown } from "./shown_name.ts";
import { UsageError } from "./usage_error.ts";

/** A section. */
export interface Section {
  /** Path of the file. */
  readonly path: string;
  /** `[timer]`, or nothing for the top of the file. */
  readonly heading: string;
  readonly keys: Table;
  /** Options that it may hold. */
  readonly known: KnownOptions;
  /** What would help with a key that is not known; did-you-mean when it says nothing. */
  readonly hint?: (key: string) => string | undefined;
}

/** The text of a single value, as parsers read it. @throws {UsageError} for anything else */
function textOf(value: unknown, refusal: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const kinds = [
    [isTable(value), "a table"],
    [Array.isArray(value), "an array"],
    [value instanceof Date, "a date"],
  ] as const;
  const [, kind] = kinds.find(([is]) => is) ?? [true, "nothing"];
  throw new UsageError(`${refusal}: wanted one value, got ${kind}`);
}

/**
 * Reads a value as all commands that have the option would.
 *
 * @throws {UsageError} when each refuses it: then it is wrong, whichever command runs and whatever
 * beats it. The running command's words come first.
 */
function checkByAny(owners: readonly Known[], running: CommandTable, candidate: Candidate): void {
  const own = owners.filter(({ command }) => command === running);
  let first: unknown;
  for (const { option } of new Set([...own, ...owners])) {
    try {
      readCandidate(option, candidate);
      return;
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/**
 * The values that a section gives to the running command, by option. All keys are checked.
 *
 * @throws {UsageError} for an unknown key, a wrong value, or two keys that are one option
 */
export function sectionValues(
  { path, heading, keys, known, hint = () => undefined }: Section,
  running: CommandTable,
): ReadonlyMap<string, Candidate> {
  const values = new Map<string, Candidate & { readonly key: string }>();
  const where = heading === "" ? "" : `${heading} `;
  for (const [key, value] of Object.entries(keys)) {
    const owners = known.get(camelName(key));
    if (owners === undefined) {
      const help = hint(key) ?? didYouMean(key, keysOf(known));
      throw new UsageError(
        `Cannot use ${path}: ${heading || "the top of the file"} has no key "${shown(key)}"${help}`,
      );
    }
    const refusal = `Cannot use ${path}: ${where}${shown(key)}`;
    const origin = `${path} ${where}${shown(key)}`;
    const candidate = { text: textOf(value, refusal), origin, refusal };
    checkByAny(owners, running, candidate);
    for (const { name, command } of owners) {
      if (command !== running) continue;
      const other = values.get(name);
      if (other !== undefined && other.text !== candidate.text) {
        throw new UsageError(
          `Cannot use ${path}: ${where}has both "${shown(other.key)}" and "${shown(key)}", ` +
            "which are one option",
        );
      }
      values.set(name, { ...candidate, key });
    }
  }
  return values;
}
