/** Makes a command of the command line library out of a table. */
import {
  buildCommand as buildStricliCommand,
  type Command,
  type TypedCommandParameters,
  type TypedFlagParameter,
  type TypedPositionalParameter,
} from "@stricli/core";
import type { TramContext } from "../context.ts";
import type { CommandTable, Program } from "./command.ts";
import { commandHelp } from "./command_help.ts";
import { CONFIG_OPTIONS, flagsOf } from "./config_options.ts";
import type { Option, Positional } from "./option.ts";
import { allNames, kebabName } from "./option_names.ts";
import { parseOption, parseValue } from "./parse_option.ts";
import type { GivenFlag } from "./resolve.ts";
import { runCommand } from "./run_command.ts";
import { UsageError } from "./usage_error.ts";
import { usageLine } from "./usage_line.ts";

type Flag =
  | TypedFlagParameter<GivenFlag | undefined, TramContext>
  | TypedFlagParameter<readonly GivenFlag[] | undefined, TramContext>
  | TypedFlagParameter<boolean | undefined, TramContext>;
type GivenFlags = Readonly<Record<string, GivenFlag | readonly GivenFlag[] | boolean | undefined>>;
type GivenArgs = readonly (GivenFlag | undefined)[];
type Parameters = TypedCommandParameters<GivenFlags, GivenArgs, TramContext>;

/** All flags are optional and without a default, so that it shows whether one was given. */
function flagOf(option: Option, hidden: boolean): Flag {
  const { brief } = option;
  if (option.kind === "switch") return { kind: "boolean", optional: true, brief, hidden };
  const { placeholder, choices = [] } = option;
  const flag = {
    kind: "parsed",
    parse: (text: string) => ({ text, value: parseOption(option, text) }),
    proposeCompletions: () => choices,
    optional: true,
    brief,
    placeholder,
    hidden,
  } as const;
  return option.repeats ? { ...flag, variadic: true } : flag;
}

function positionalOf(
  positional: Positional,
): TypedPositionalParameter<GivenFlag | undefined, TramContext> {
  const { brief, placeholder, choices = [] } = positional;
  return {
    parse: (text) => ({ text, value: text }), // `named` reads it by the right parser
    proposeCompletions: () => choices,
    brief,
    placeholder,
    optional: true,
  };
}

/** What the library has to know about a table. */
function parametersOf(table: CommandTable): Parameters {
  // The library looks flags up by what was typed; `--constructor` must not find one.
  const flags: Record<string, Flag> = Object.create(null);
  const aliases: Record<string, string> = {};
  for (const [name, option] of Object.entries(flagsOf(table))) {
    for (const each of allNames(name, option)) {
      flags[each] = flagOf(option, option.hidden === true || each !== name);
    }
    if (option.alias !== undefined) aliases[option.alias] = name;
  }
  const places = Object.values(table.positional);
  const [last] = places.slice(-1);
  const positional = last?.rest
    ? { kind: "array", parameter: positionalOf(last) }
    : { kind: "tuple", parameters: places.map(positionalOf) };
  // The library's types follow a table known when it is compiled; this one is data.
  return { flags, aliases, positional } as unknown as Parameters;
}

/** The one value that the names of an option were given. @throws {UsageError} when there are two */
function givenOf(names: readonly string[], flags: GivenFlags): GivenFlag | undefined {
  const given = names.flatMap((name) => {
    const flag = flags[name];
    if (flag === undefined) return [];
    if (typeof flag === "boolean") return { name, text: String(flag), value: flag };
    return { name, ...("text" in flag ? flag : joined(flag)) };
  });
  const [first, second] = given;
  if (first !== undefined && second !== undefined && first.text !== second.text) {
    throw new UsageError(
      `Cannot take both --${kebabName(first.name)} and --${
        kebabName(second.name)
      }, which are two ` +
        "names of one option: leave out one of them",
    );
  }
  return first;
}

/** A flag that was given several times: the values of all. */
function joined(flags: readonly GivenFlag[]): GivenFlag {
  return {
    text: flags.map(({ text }) => text).join(" "),
    value: flags.flatMap(({ value }) => value),
  };
}

/** Positional arguments by name. @throws {UsageError} when one is missing or wrong */
function named(
  { path, positional }: CommandTable,
  args: GivenArgs,
): Record<string, unknown> {
  const values: [string, unknown][] = [];
  for (const [place, [name, each]] of Object.entries(positional).entries()) {
    const { placeholder, optional, rest } = each;
    const given = args.slice(place, rest ? undefined : place + 1).filter((arg) => !!arg);
    if (given.length === 0 && !optional && !rest) {
      throw new UsageError(
        `Cannot run tram ${path.join(" ")} without ${placeholder}: ${each.brief}`,
      );
    }
    const parsed = given.map(({ text }) => {
      try {
        return parseValue(each, text);
      } catch (error) {
        const why = error instanceof Error ? error.message : error;
        throw new UsageError(`Failed to parse "${text}" for ${placeholder}: ${why}`);
      }
    });
    values.push([name, rest ? parsed : parsed[0]]);
  }
  return Object.fromEntries(values);
}

/**
 * A command of the library.
 *
 * @param program asked when the command runs
 * @param columns of the terminal that help is for, if there is one
 */
export function buildCommand(
  table: CommandTable,
  program: () => Program,
  columns?: number,
): Command<TramContext> {
  const names = Object.entries(table.options).map(([name, option]) =>
    [name, allNames(name, option)] as const
  );
  const run = runCommand<{ readonly flags: GivenFlags; readonly args: GivenArgs }>(
    async (context, { flags, args }) => {
      // Loaded when a command runs, so that help and completion stay quick.
      const { runTable } = await import("./run_table.ts");
      const given = names.flatMap(([name, all]) => {
        const flag = givenOf(all, flags);
        return flag === undefined ? [] : [[name, flag] as const];
      });
      const config = givenOf(["config"], flags)?.text;
      return await runTable(context, table, {
        flags: new Map(given),
        positional: named(table, args),
        config: config && CONFIG_OPTIONS.config.parse(config),
        showConfig: flags["showConfig"] === true,
      }, program());
    },
  );
  const command = buildStricliCommand<GivenFlags, GivenArgs, TramContext>({
    func(flags, ...args) {
      return run.call(this, { flags, args });
    },
    parameters: parametersOf(table),
    docs: { brief: table.brief },
  });
  return {
    ...command,
    formatUsageLine: ({ prefix }) => usageLine(table, prefix),
    formatHelp: ({ prefix }) => commandHelp(table, prefix, columns),
  };
}
