/** How one option is called in different places: `maxClients`, `--max-clients`, `TRAM_TIMER_MAX_CLIENTS`. */
import type { Option } from "./option.ts";

/** `max-clients` out of `maxClients`, as flags and keys are written. */
export function kebabName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `maxClients` out of `max-clients`, `max_clients` or itself. */
export function camelName(name: string): string {
  return name.replace(/[-_]+(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `TRAM_TIMER_MAX_CLIENTS` out of `timer` and `maxClients`; without a subcommand `TRAM_MAX_CLIENTS`. */
export function variableName(subcommand: string | undefined, name: string): string {
  const words = subcommand === undefined ? [name] : [subcommand, name];
  return ["TRAM", ...words.map((word) => kebabName(word).replaceAll("-", "_").toUpperCase())].join(
    "_",
  );
}

/** All names of an option, the one in camelCase first. */
export function allNames(name: string, { alsoNamed = [] }: Option): readonly string[] {
  return [name, ...alsoNamed];
}
