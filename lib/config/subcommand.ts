import type { CommandTable, Example } from "./command.ts";

/** Commands that share their first word. */
export interface Subcommand {
  readonly name: string;
  /** What it is for, in one line. */
  readonly brief: string;
  /** Examples; their `args` begin with the name of a command. */
  readonly examples: readonly Example[];
  readonly commands: readonly CommandTable[];
}

/**
 * A subcommand such as `timer` out of its commands.
 *
 * @throws {TypeError} when the path of a command is not its name and one word
 */
export function subcommand(spec: Subcommand): Subcommand {
  for (const { path } of spec.commands) {
    if (path.length === 2 && path[0] === spec.name) continue;
    throw new TypeError(
      `Cannot put ${path.join(" ")} into ${spec.name}: wanted a path of two words`,
    );
  }
  return spec;
}
