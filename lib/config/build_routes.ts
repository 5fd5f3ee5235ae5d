/** Makes routes of the command line library out of subcommands. */
import { buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { TramContext } from "../context.ts";
import { buildCommand } from "./build_command.ts";
import { HELP_ROW } from "./command_help.ts";
import type { CommandTable, Example, Program } from "./command.ts";
import { helpText } from "./help_text.ts";
import type { Subcommand } from "./subcommand.ts";
import { usageLine } from "./usage_line.ts";

type Target = Command<TramContext> | RouteMap<TramContext>;

/** A command by the last word of its path. */
function byName(
  commands: readonly CommandTable[],
  program: () => Program,
  columns: number | undefined,
): Record<string, Target> {
  return Object.fromEntries(
    commands.map((table) => [table.path.at(-1), buildCommand(table, program, columns)]),
  );
}

/** What the library hides: names of hidden commands. */
function hiddenNames(commands: readonly CommandTable[]): Record<string, boolean> {
  return Object.fromEntries(commands.map(({ path, hidden }) => [path.at(-1), hidden]));
}

function subcommandRoutes(
  { name, brief, examples, commands }: Subcommand,
  program: () => Program,
  columns: number | undefined,
): RouteMap<TramContext> {
  const shown = commands.filter(({ hidden }) => !hidden);
  return {
    ...buildRouteMap<string, TramContext>({
      routes: byName(commands, program, columns),
      docs: { brief, hideRoute: hiddenNames(commands) },
    }),
    formatHelp: ({ prefix }) =>
      helpText({
        usage: shown.map((table) => usageLine(table, [...prefix, table.path.at(-1) ?? ""])),
        about: [brief],
        prefix,
        examples,
        columns,
        tables: {
          COMMANDS: shown.map((table) => [table.path.at(-1) ?? "", table.brief]),
          OPTIONS: [HELP_ROW],
        },
        notes: [`"tram help ${name} ${shown[0]?.path.at(-1)}" tells more about a command.`],
      }),
  };
}

/** The whole command line. */
export interface ProgramSpec {
  readonly brief: string;
  readonly examples: readonly Example[];
  readonly subcommands: readonly Subcommand[];
  /** Commands of one word. */
  readonly commands: readonly CommandTable[];
}

/**
 * Routes for all of the command line.
 *
 * @param program asked when a command runs
 * @param columns of the terminal that help is for, if there is one
 */
export function buildRoutes(
  { brief, examples, subcommands, commands }: ProgramSpec,
  program: () => Program,
  columns?: number,
): RouteMap<TramContext> {
  const groups = subcommands.map((each) => {
    return [each.name, subcommandRoutes(each, program, columns)] as const;
  });
  const shown = commands.filter(({ hidden }) => !hidden);
  return {
    ...buildRouteMap<string, TramContext>({
      routes: { ...Object.fromEntries(groups), ...byName(commands, program, columns) },
      docs: { brief, hideRoute: hiddenNames(commands) },
    }),
    formatHelp: ({ prefix }) =>
      helpText({
        usage: [
          ...subcommands.map((each) => {
            const names = each.commands.filter(({ hidden }) => !hidden).map(({ path: [, name] }) =>
              name
            );
            return `${[...prefix, each.name].join(" ")} ${names.join("|")} ...`;
          }),
          ...shown.map((table) => usageLine(table, [...prefix, ...table.path])),
          `${prefix.join(" ")} --version`,
        ],
        about: [brief],
        prefix,
        examples,
        columns,
        tables: {
          COMMANDS: [
            ...subcommands.map((each) => [each.name, each.brief] as const),
            ...shown.map((table) => [table.path.join(" "), table.brief] as const),
          ],
          OPTIONS: [HELP_ROW, ["-v --version", "Print the versions of tram, its protocol, Deno"]],
        },
        notes: [
          "Options can also come from the environment, as TRAM_TIMER_PORT, and from a file, as " +
          '"port = 7777" under [timer] in tram.toml; the help of each command tells more.',
        ],
      }),
  };
}
