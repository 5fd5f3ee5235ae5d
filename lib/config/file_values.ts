/**
 * Options from a configuration file. A command takes the keys of its own section, `[timer.ping]`,
 * else those of its subcommand, `[timer]`, else what is common to many commands from the top.
 *
 * Keys come from a file that somebody wrote, so none is looked up in an object of ours or set in one.
 */
import type { Candidate } from "./candidate.ts";
import type { CommandTable, Program } from "./command.ts";
import { didYouMean } from "./did_you_mean.ts";
import { isTable, type Table } from "./is_table.ts";
import { type KnownOptions, knownOptions } from "./known_options.ts";
import { camelName } from "./option_names.ts";
import { type Section, sectionValues } from "./section_values.ts";
import { shownName } from "./shown_name.ts";
import { UsageError } from "./usage_error.ts";

/** What stands in a file. */
export interface ConfigData {
  readonly path: string;
  readonly data: Table;
}

type Values = ReadonlyMap<string, Candidate>;

/** Those entries of a table that are, or are not, sections. */
function part(table: Table, isWanted: (key: string) => boolean): [string, unknown][] {
  return Object.entries(table).filter(([key]) => isWanted(key));
}

/** @throws {UsageError} when the file has a section that no subcommand has */
function checkSections({ path, data }: ConfigData, sections: readonly string[]): void {
  for (const [name, value] of Object.entries(data)) {
    if (sections.includes(name)) {
      if (isTable(value)) continue;
      throw new UsageError(`Cannot use ${path}: ${name}: wanted a section [${name}]`);
    }
    if (!isTable(value)) continue;
    const meant = didYouMean(name, sections, (section) => `[${section}]`);
    throw new UsageError(`Cannot use ${path}: there is no section [${shownName(name)}]${meant}`);
  }
}

/** What the sections of single commands, such as `[timer.ping]`, give; all are checked. */
function ownValues(
  { path, heading }: Pick<Section, "path" | "heading">,
  tables: readonly (readonly [string, unknown])[],
  siblings: readonly CommandTable[],
  running: CommandTable,
): Values {
  let own: Values = new Map();
  const nameOfSection = (name = "") => `${heading.slice(0, -1)}.${shownName(name)}]`;
  for (const [name, keys] of tables) {
    const sibling = siblings.find((each) => each.path[1] === name);
    if (sibling === undefined || !isTable(keys)) {
      const names = siblings.flatMap((each) => each.path[1] ?? []);
      const meant = didYouMean(name, names, nameOfSection);
      throw new UsageError(
        `Cannot use ${path}: there is no section ${nameOfSection(name)}${meant}`,
      );
    }
    const section = { path, heading: nameOfSection(name), keys, known: knownOptions([sibling]) };
    const values = sectionValues(section, sibling);
    if (sibling === running) own = values;
  }
  return own;
}

/** What the section of a subcommand and those of its commands give. */
function subcommandValues(
  { path, data }: ConfigData,
  known: KnownOptions,
  siblings: readonly CommandTable[],
  running: CommandTable,
): Values {
  const name = running.path[0] ?? "";
  const table = Object.hasOwn(data, name) ? data[name] : undefined;
  if (!isTable(table)) return new Map();
  const heading = `[${name}]`;
  const isSection = (key: string) => isTable(table[key]) && !known.has(camelName(key));
  const keys = Object.fromEntries(part(table, (key) => !isSection(key)));
  const values = sectionValues({ path, heading, keys, known }, running);
  const own = ownValues({ path, heading }, part(table, isSection), siblings, running);
  return new Map([...values, ...own]);
}

/**
 * What a file gives to the running command. Sections of other subcommands are not looked into.
 *
 * @throws {UsageError} for an unknown section or key and for a wrong value, also of another command
 * of the same subcommand: a misspelt line should not wait until that one runs
 */
export function fileValues(
  config: ConfigData,
  running: CommandTable,
  { catalog, sections }: Pick<Program, "catalog" | "sections">,
): Values {
  const { path, data } = config;
  checkSections(config, sections);
  const [name] = running.path;
  const siblings = catalog.filter((other) => other.path[0] === name);
  const known = knownOptions(siblings);
  const general = sectionValues({
    path,
    heading: "",
    keys: Object.fromEntries(part(data, (key) => !sections.includes(key))),
    known: knownOptions(catalog, ({ common = false }) => common),
    hint: (key) => known.has(camelName(key)) ? `; put it into [${name}]` : undefined,
  }, running);
  return new Map([...general, ...subcommandValues(config, known, siblings, running)]);
}
