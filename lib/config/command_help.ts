/** The help of a command, out of its table. */
import type { CommandTable } from "./command.ts";
import { flagsOf } from "./config_options.ts";
import { helpText, type Row } from "./help_text.ts";
import type { Option } from "./option.ts";
import { kebabName, variableName } from "./option_names.ts";
import { usageLine } from "./usage_line.ts";

/** The row for `--help`, which everything has. */
export const HELP_ROW: Row = ["-h --help", "Print this help"];

/** `brief`, and what else there is to know about an option. */
function meaning(option: Option): string {
  const { brief, alsoNamed = [] } = option;
  const parts = [brief];
  if (option.kind === "value" && option.choices) parts.push(`(${option.choices.join("|")})`);
  if (alsoNamed.length > 0) parts.push(`(also --${alsoNamed.join(", --")})`);
  if (option.kind === "value" && option.default !== undefined) {
    parts.push(`(default: ${option.default})`);
  }
  if (option.kind === "value" && option.required) parts.push("(required)");
  return parts.join(" ");
}

function optionRow([name, option]: readonly [string, Option]): Row {
  const alias = option.alias === undefined ? "  " : `-${option.alias}`;
  const value = option.kind === "value" ? ` ${option.placeholder}` : "";
  return [`${alias} --${kebabName(name)}${value}`, meaning(option)];
}

/** Where options can come from besides flags, with one of the command's own as the example. */
function sourcesNote({ path, options }: CommandTable): readonly string[] {
  const [subcommand = ""] = path;
  const example = Object.keys(options).find((name) => options[name]?.kind === "value") ??
    Object.keys(options)[0];
  if (example === undefined) return [];
  // Of a switch that is itself a "no", the opposite reads like a slip.
  const switches = Object.keys(options).filter((name) => options[name]?.kind === "switch");
  const anySwitch = switches.find((name) => !/^no[A-Z]/.test(name)) ?? switches[0];
  const negation = anySwitch && `, and --no-${kebabName(anySwitch)} turns off what they turn on`;
  return [
    `Options can also come from the environment (${variableName(subcommand, example)} for ` +
    `--${kebabName(example)}) and from [${subcommand}] in a file (see --config). ` +
    `A flag beats both${negation ?? ""}.`,
  ];
}

/** The help of a command. @param columns of the terminal, if there is one */
export function commandHelp(
  table: CommandTable,
  prefix: readonly string[],
  columns: number | undefined,
): string {
  const options = Object.entries(flagsOf(table)).filter(([, { hidden }]) => !hidden);
  const places = Object.values(table.positional);
  return helpText({
    usage: [usageLine(table, prefix)],
    about: [table.brief],
    prefix,
    examples: table.examples,
    columns,
    tables: {
      ARGUMENTS: places.map(({ placeholder, brief }) => [placeholder, brief]),
      OPTIONS: [...options.map(optionRow), HELP_ROW],
    },
    notes: sourcesNote(table),
  });
}
