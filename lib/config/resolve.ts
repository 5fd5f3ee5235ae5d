/** Flag beats environment beats file beats default: each option's value and where it is from. */
import type { Candidate } from "./candidate.ts";
import type { Option, Options } from "./option.ts";
import { kebabName } from "./option_names.ts";
import { parseOption } from "./parse_option.ts";
import { UsageError } from "./usage_error.ts";

/** What was given as a flag, read already. */
export interface GivenFlag {
  readonly text: string;
  readonly value: unknown;
}

/** Where values come from; each by the option's name. */
export interface Sources {
  readonly flags: ReadonlyMap<string, GivenFlag>;
  readonly env: ReadonlyMap<string, Candidate>;
  readonly file: ReadonlyMap<string, Candidate>;
}

/** The value of an option. */
export interface Resolved {
  /** The text it was read from; `undefined` when there is no value. */
  readonly text: string | undefined;
  readonly value: unknown;
  /** `flag`, a variable, a place in a file, or `default`. */
  readonly origin: string;
}

/** Reads a value. @throws {UsageError} that says where the value is from */
export function readCandidate(option: Option, { text, origin, refusal }: Candidate): Resolved {
  try {
    return { text, value: parseOption(option, text), origin };
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new UsageError(`${refusal}: ${why}`, { cause: error });
  }
}

/** The value that an option has when nobody gives one. */
function defaultOf(name: string, option: Option): Resolved {
  if (option.kind === "switch") return { text: "false", value: false, origin: "default" };
  const text = option.default;
  if (text === undefined) return { text, value: undefined, origin: "default" };
  const refusal = `Cannot use the default of --${kebabName(name)}`;
  return readCandidate(option, { text, origin: "default", refusal });
}

/**
 * The value of each option and where it is from. A value that another one beats is not read.
 *
 * @throws {UsageError} when a value is wrong; the line says where it is from
 */
export function resolve(
  options: Options,
  { flags, env, file }: Sources,
): ReadonlyMap<string, Resolved> {
  const resolved = new Map<string, Resolved>();
  for (const [name, option] of Object.entries(options)) {
    const flag = flags.get(name);
    const candidate = env.get(name) ?? file.get(name);
    if (flag !== undefined) resolved.set(name, { ...flag, origin: "flag" });
    else if (candidate !== undefined) resolved.set(name, readCandidate(option, candidate));
    else resolved.set(name, defaultOf(name, option));
  }
  return resolved;
}
