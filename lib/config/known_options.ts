import type { CommandTable } from "./command.ts";
import type { Option } from "./option.ts";
import { allNames, camelName, kebabName } from "./option_names.ts";

/** An option of one of several commands. */
export interface Known {
  readonly name: string;
  readonly option: Option;
  readonly command: CommandTable;
}

/** Options by the names that keys may have, in camelCase. */
export type KnownOptions = ReadonlyMap<string, readonly Known[]>;

/** Options of `commands` by the names that keys may have. @param counts which options count */
export function knownOptions(
  commands: readonly CommandTable[],
  counts: (option: Option) => boolean = () => true,
): KnownOptions {
  const known = new Map<string, Known[]>();
  for (const command of commands) {
    for (const [name, option] of Object.entries(command.options)) {
      if (!counts(option)) continue;
      for (const each of new Set(allNames(name, option).map(camelName))) {
        known.set(each, [...known.get(each) ?? [], { name, option, command }]);
      }
    }
  }
  return known;
}

/** The names of options as keys are written. */
export function keysOf(known: KnownOptions): readonly string[] {
  return [...known.keys()].map(kebabName);
}
