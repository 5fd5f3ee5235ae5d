/** What a command line may go on with. */
import { proposeCompletions } from "@stricli/core";
import type { CommandTable, Program } from "../config/command.ts";
import { flagsOf } from "../config/config_options.ts";
import type { Option } from "../config/option.ts";
import { allNames, camelName } from "../config/option_names.ts";
import type { TramContext } from "../context.ts";

/** A word that may stand there. */
export interface Proposal {
  readonly text: string;
  readonly brief: string;
}

/** Words, or `files` where the shell knows better. */
export type Proposals = readonly Proposal[] | "files";

/** The option that a flag such as `--port` or `-c` stands for. */
function optionOf(table: CommandTable, flag: string): Option | undefined {
  const options = Object.entries(flagsOf(table));
  const found = flag.startsWith("--")
    ? options.find(([name, option]) =>
      allNames(name, option).some((each) => each === flag.slice(2)) ||
      name === camelName(flag.slice(2))
    )
    : options.find(([, { alias }]) => alias !== undefined && flag === `-${alias}`);
  return found?.[1];
}

/** Values that begin with `partial`. Any other text is the user's own. */
function values(
  { brief, choices = [], completes }: {
    readonly brief: string;
    readonly choices?: readonly string[];
    readonly completes?: "file";
  },
  partial: string,
  prefix = "",
): Proposals {
  if (completes === "file") return "files";
  return choices.filter((choice) => choice.startsWith(partial)).map((choice) => ({
    text: prefix + choice,
    brief,
  }));
}

/** How many positional arguments stand in `words`, or the option that waits for its value. */
function scan(
  table: CommandTable,
  words: readonly string[],
): { readonly places: number; readonly onlyPlaces: boolean; readonly waiting?: Option } {
  let places = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      return { places: places + words.length - at - 1, onlyPlaces: true };
    }
    const option = word.startsWith("-") ? optionOf(table, word) : undefined;
    if (option?.kind === "value" && at === words.length - 1) {
      return { places, onlyPlaces: false, waiting: option };
    }
    if (option?.kind === "value") at++; // skips its value
    else if (!word.startsWith("-")) places++;
  }
  return { places, onlyPlaces: false };
}

/** What may stand in place of the last of `words`, which stand behind `tram`. */
export async function propose(
  { application, catalog }: Program,
  context: TramContext,
  words: readonly string[],
): Promise<Proposals> {
  const partial = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const table = catalog.find(({ path }) => path.every((word, place) => before[place] === word));
  if (table !== undefined) {
    const { places, onlyPlaces, waiting } = scan(table, before.slice(table.path.length));
    if (waiting?.kind === "value") return values(waiting, partial);
    const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(partial) ?? [];
    if (flag !== undefined && !onlyPlaces) {
      const option = optionOf(table, flag);
      if (option?.kind === "value") return values(option, value ?? "", `${flag}=`);
      if (option === undefined) return [];
      return values({ ...option, choices: ["true", "false"] }, value ?? "", `${flag}=`);
    }
    const positional = Object.values(table.positional)[places];
    if (positional?.completes && (onlyPlaces || !partial.startsWith("-"))) return "files";
    if (onlyPlaces) return positional === undefined ? [] : values(positional, partial);
  }
  const proposals = await proposeCompletions(application, words, context);
  return proposals.filter(({ completion }) => isShown(completion, partial, table)).map(
    // What stands in brackets is for help, where there is room.
    ({ completion, brief }) => ({ text: completion, brief: brief.replace(/ \(.*\)$/, "") }),
  );
}

/** Leaves out what would only be in the way: `--`, other names of an option, and help unasked. */
function isShown(completion: string, partial: string, table: CommandTable | undefined): boolean {
  if (!completion.startsWith("-")) return true;
  if (completion === "--" || (completion === "--help" && partial === "")) return false;
  if (table === undefined) return partial !== "";
  const hidden = Object.values(table.options).flatMap(({ alsoNamed = [] }) => alsoNamed);
  return !hidden.includes(completion.slice(2)) && optionOf(table, completion)?.hidden !== true;
}
