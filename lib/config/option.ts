/**
 * What a command takes, as data: options (by flag, environment or file) and positional arguments. One
 * table serves the command line, help, completion, the environment and configuration files.
 */

/** What all options have. */
interface OptionBase {
  /** What it is for, in one line. */
  readonly brief: string;
  /** One letter that stands for it: `-c`. */
  readonly alias?: string;
  /** Other names, as they are typed: `num_msgs`. */
  readonly alsoNamed?: readonly string[];
  /** Many commands have it: `TRAM_JSON` and the top of a file give it to all of them. */
  readonly common?: boolean;
  /** Its value is never printed. */
  readonly secret?: boolean;
  /** Help does not show it. */
  readonly hidden?: boolean;
}

/** What can be said about the text of a value. */
interface ValueText<T> {
  /** The value out of its text. @throws {SyntaxError} that says what would be right */
  readonly parse: (text: string) => T;
  /** Stands for the value in help: `FILE`. */
  readonly placeholder: string;
  /** All texts it may have; they are completed and checked before `parse` sees them. */
  readonly choices?: readonly string[];
  /** What the shell completes. */
  readonly completes?: "file";
}

/** An option with a value: `--port 7777`. */
export interface ValueOption<T = unknown> extends OptionBase, ValueText<T> {
  readonly kind: "value";
  /** Text of the value that it has when nobody gives one. */
  readonly default?: string;
  /** Somebody has to give a value. */
  readonly required?: boolean;
  /** The flag may be given several times: `parse` gives an array, and those of all are joined. */
  readonly repeats?: boolean;
}

/** An option that is on or off: `--json`, `--no-json`. Off unless somebody says otherwise. */
export interface SwitchOption extends OptionBase {
  readonly kind: "switch";
}

/** An option. */
export type Option = ValueOption | SwitchOption;

/** Options by name in camelCase. */
export type Options = Readonly<Record<string, Option>>;

/** An argument that is told by its place. */
export interface Positional<T = unknown> extends ValueText<T> {
  readonly brief: string;
  readonly optional?: boolean;
  /** Takes all that is left; the last one only. */
  readonly rest?: boolean;
}

/** Positional arguments by name, in their order. */
export type Positionals = Readonly<Record<string, Positional>>;

type OptionValue<O> = O extends { readonly kind: "switch" } ? boolean
  : O extends { readonly parse: (text: string) => infer T }
    ? O extends { readonly default: string } | { readonly required: true } ? T : T | undefined
  : never;

type PositionalValue<P> = P extends { readonly parse: (text: string) => infer T }
  ? P extends { readonly rest: true } ? readonly T[]
  : P extends { readonly optional: true } ? T | undefined
  : T
  : never;

/** What the body of a command gets: typed values by name. */
export type Values<O extends Options, P extends Positionals = Record<never, never>> =
  & { readonly [K in keyof O]: OptionValue<O[K]> }
  & { readonly [K in keyof P]: PositionalValue<P[K]> };
