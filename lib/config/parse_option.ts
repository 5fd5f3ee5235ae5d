import type { Option, Positional } from "./option.ts";
import { anyOf, parseSwitch } from "./parse_flags.ts";

/** Says that a value is wrong without showing it. */
export class SecretValueError extends SyntaxError {
  override readonly name = "SecretValueError";
  constructor() {
    super("its value is wrong; it is secret, so it is not shown");
  }
}

/** The value of a positional argument, or of an option that has one. @throws {SyntaxError} */
export function parseValue(
  { parse, choices }: Pick<Positional, "parse" | "choices">,
  text: string,
): unknown {
  if (choices !== undefined && !choices.includes(text)) {
    throw new SyntaxError(`wanted ${anyOf(choices)}, got "${text}"`);
  }
  return parse(text);
}

/** The value of an option out of its text, wherever that came from. @throws {SyntaxError} */
export function parseOption(option: Option, text: string): unknown {
  try {
    return option.kind === "switch" ? parseSwitch(text) : parseValue(option, text);
  } catch (error) {
    throw option.secret ? new SecretValueError() : error;
  }
}
