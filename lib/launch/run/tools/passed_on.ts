/** Options of a tool that `launch` takes and passes on: names, words and checks are the tool's own. */
import type { CommandTable } from "../../../config/command.ts";
import type { SwitchOption, ValueOption } from "../../../config/option.ts";
import type { Subcommand } from "../../../config/subcommand.ts";
import { asTyped } from "./tool_flags.ts";

/** Letters that stand for something else in `launch`. */
const TAKEN = ["m", "o", "x"];

/** A value that is passed on as it was typed; nothing is when nobody gives one. */
export type PassedOn = Omit<ValueOption<string>, "default" | "required">;

/** A command of a tool. @throws {TypeError} when there is none */
function commandOf({ name, commands }: Subcommand, word: string): CommandTable {
  const found = commands.find(({ path }) => path[1] === word);
  if (found === undefined) throw new TypeError(`Cannot find the command ${name} ${word}`);
  return found;
}

/**
 * Options with values of a tool's command.
 *
 * @param words instead of the tool's own
 * @throws {TypeError} when one is none
 */
export function passedOn<const N extends string>(
  tool: Subcommand,
  command: string,
  names: readonly N[],
  words?: Readonly<Partial<Record<NoInfer<N>, string>>>,
): Readonly<Record<N, PassedOn>> {
  const { options, path } = commandOf(tool, command);
  const entries = names.map((name): [N, PassedOn] => {
    const option = options[name];
    if (option?.kind !== "value") throw new TypeError(`Cannot find ${path.join(" ")} ${name}`);
    const { default: usual, required: _, alias = "", brief, parse, ...rest } = option;
    return [name, {
      ...rest,
      ...TAKEN.includes(alias) || alias === "" ? {} : { alias },
      parse: asTyped(parse),
      brief: words?.[name] ?? (usual === undefined ? brief : `${brief} (default: ${usual})`),
    }];
  });
  return Object.fromEntries(entries) as Record<N, PassedOn>;
}

/** Switches of a tool's command. @throws {TypeError} when one is none */
export function passedOnSwitches<const N extends string>(
  tool: Subcommand,
  command: string,
  names: readonly N[],
): Readonly<Record<N, SwitchOption>> {
  const { options, path } = commandOf(tool, command);
  const entries = names.map((name): [N, SwitchOption] => {
    const option = options[name];
    if (option?.kind !== "switch") throw new TypeError(`Cannot find ${path.join(" ")} --${name}`);
    return [name, option];
  });
  return Object.fromEntries(entries) as Record<N, SwitchOption>;
}

/** Those of some values that have these names. */
export function pick<const N extends string, V extends Readonly<Partial<Record<N, unknown>>>>(
  values: V,
  names: readonly N[],
): Pick<V, N & keyof V> {
  const entries = names.filter((name) => name in values).map((name) => [name, values[name]]);
  return Object.fromEntries(entries) as Pick<V, N & keyof V>;
}
