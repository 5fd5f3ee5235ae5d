/** Options from environment variables. */
import type { Candidate } from "./candidate.ts";
import type { CommandTable } from "./command.ts";
import { didYouMean } from "./did_you_mean.ts";
import { allNames, variableName } from "./option_names.ts";
import { UsageError } from "./usage_error.ts";

/** Environment variables. */
export type Env = Readonly<Partial<Record<string, string>>>;

/** The value that one of several variables gives; they are names of one option. */
function oneOf(env: Env, variables: readonly string[]): Candidate | undefined {
  const given = variables.filter((variable) => env[variable]);
  const [first, second] = given;
  if (first === undefined) return undefined;
  if (second !== undefined && env[first] !== env[second]) {
    throw new UsageError(
      `Cannot take both ${first} and ${second}, which are two names of one option: unset one`,
    );
  }
  return { text: env[first] ?? "", origin: first, refusal: `Cannot use ${first}` };
}

/**
 * What the environment gives to a command: `TRAM_TIMER_PORT`, and `TRAM_JSON` for what is common to
 * many commands; the special one wins. An empty variable counts as not set.
 *
 * @throws {UsageError} when two names of one option have different values
 */
export function envValues(
  { path, options }: CommandTable,
  env: Env,
): ReadonlyMap<string, Candidate> {
  const values = new Map<string, Candidate>();
  for (const [name, option] of Object.entries(options)) {
    const names = allNames(name, option);
    const special = oneOf(env, names.map((each) => variableName(path[0], each)));
    const general = option.common && oneOf(env, names.map((each) => variableName(undefined, each)));
    const value = special ?? general;
    if (value) values.set(name, value);
  }
  return values;
}

/** Variables that give an option to all commands that have it. */
function commonVariables(catalog: readonly CommandTable[]): string[] {
  return catalog.flatMap(({ options }) =>
    Object.entries(options).flatMap(([name, option]) =>
      option.common ? allNames(name, option).map((each) => variableName(undefined, each)) : []
    )
  );
}

/**
 * One line for each variable that looks like an option of a subcommand and is none. Platforms put
 * variables of their own into the environment, so this is no error.
 */
export function unknownVariables(
  subcommand: string,
  catalog: readonly CommandTable[],
  env: Env,
): readonly string[] {
  const known = new Set(commonVariables(catalog)); // TRAM_TLS_CA is none of tram tls, but of all
  /** What a variable would be called if the option were common to many commands, which it is not. */
  const special = new Map<string, string>();
  for (const { options } of catalog.filter(({ path }) => path[0] === subcommand)) {
    for (const [name, option] of Object.entries(options)) {
      for (const each of allNames(name, option)) {
        const variable = variableName(subcommand, each);
        known.add(variable);
        if (!option.common) special.set(variableName(undefined, each), variable);
      }
    }
  }
  const prefix = variableName(undefined, subcommand) + "_";
  return Object.keys(env).sort().flatMap((variable) => {
    if (!env[variable] || known.has(variable)) return [];
    const meant = variable.startsWith(prefix)
      ? didYouMean(variable, known, (name) => name)
      : special.has(variable)
      ? `; did you mean ${special.get(variable)}?`
      : undefined;
    return meant === undefined ? [] : [`${variable} is no option of tram ${subcommand}${meant}`];
  });
}
