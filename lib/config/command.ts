/** A command as data: one table says what it takes, and where its body is. */
import type { Application } from "@stricli/core";
import type { RunContext, TramContext } from "../context.ts";
import type { ExitCode } from "./exit_code.ts";
import type { Option, Options, Positional, Positionals, Values } from "./option.ts";

/** An example of a command line. */
export interface Example {
  /** What stands behind the command's name; may be empty. */
  readonly args?: string;
  /** The whole line, where it does not begin with the command's name. */
  readonly line?: string;
  readonly brief: string;
}

/** The command line as a whole. */
export interface Program {
  readonly application: Application<TramContext>;
  /** All commands. */
  readonly catalog: readonly CommandTable[];
  /** Sections that a configuration file may have. */
  readonly sections: readonly string[];
}

/** The body of a command: gets typed values by name, and says how it ended. */
export type TableBody<V> = (context: RunContext, values: V, program: Program) => Promise<ExitCode>;

/** A command whose types have been checked by {@linkcode command}. */
export interface CommandTable {
  /** Words that name it: `["timer", "ping"]`. */
  readonly path: readonly string[];
  /** What it is for, in one line. */
  readonly brief: string;
  readonly examples: readonly Example[];
  readonly options: Options;
  readonly positional: Positionals;
  /** Help and completion do not show it. */
  readonly hidden: boolean;
  readonly load: () => Promise<TableBody<Readonly<Record<string, unknown>>>>;
}

/** What {@linkcode command} is given. */
export interface CommandSpec<O extends Options, P extends Positionals> {
  /** Words that name it: `["timer", "ping"]`. */
  readonly path: readonly [string, ...string[]];
  /** What it is for, in one line. */
  readonly brief: string;
  readonly examples?: readonly Example[];
  readonly options?: O;
  /** Arguments that are told by their place, in this order. */
  readonly positional?: P;
  /** Help and completion do not show it. */
  readonly hidden?: boolean;
  /**
   * Loads the body when the command is called, never earlier. An `async` function: only then are the
   * types of `options` known before those of the body.
   */
  readonly load: () => Promise<TableBody<Values<NoInfer<O>, NoInfer<P>>>>;
}

/** A command out of its table; the values that the body gets have the types that the parsers return. */
export function command<
  const O extends Readonly<Record<string, Option>> = Record<never, never>,
  const P extends Readonly<Record<string, Positional>> = Record<never, never>,
>(
  { options, positional, examples = [], hidden = false, ...spec }: CommandSpec<O, P>,
): CommandTable {
  return {
    ...spec,
    examples,
    hidden,
    options: options ?? {},
    positional: positional ?? {},
    // Values are made by the parsers of this very table, so they have the types that it says.
    load: spec.load as unknown as CommandTable["load"],
  };
}
