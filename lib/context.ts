/**
 * What a command may touch of the world. `cli.ts` has the real one built; tests build their own.
 */
import type { CommandContext } from "@stricli/core";
import type { Clock } from "./clock/clock.ts";
import type { ExitCode } from "./config/exit_code.ts";
import type { Network } from "./transport/network.ts";

/** Somewhere to write text to. */
export interface Output {
  /** Writes `text` as it is. */
  write(text: string): void;
  /** Columns of the terminal; `undefined` when it is not one. */
  readonly columns: number | undefined;
}

/** The few things that tram does with files outside of its stores. */
export interface Files {
  /** Text of a file, or `undefined` when there is none. @throws when it cannot be read */
  readText(path: string): Promise<string | undefined>;
  /**
   * Text of a file that nobody but its owner may read, or `undefined` when there is none.
   *
   * @throws {Error} when others may read it
   */
  readSecret(path: string): Promise<string | undefined>;
  /**
   * Adds text to a file that nobody but its owner can read; makes file and folder where there are
   * none. Nobody else changes it meanwhile.
   *
   * @param added given what the file holds; says what to add
   */
  appendSecret(path: string, added: (text: string) => string): Promise<void>;
}

/** What a command may touch of the world. */
export interface TramContext extends CommandContext {
  readonly process: {
    readonly stdout: Output;
    readonly stderr: Output;
    readonly env: Readonly<Partial<Record<string, string>>>;
    exitCode?: number | string | null;
  };
  readonly clock: Clock;
  readonly network: Network;
  readonly files: Files;
  /** `linux`, `darwin` or `windows`. */
  readonly os: string;
  /** Name of this machine. */
  readonly hostName: () => string;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** The body of a command: says how it ended. */
export type CommandBody<Flags> = (context: TramContext, flags: Flags) => Promise<ExitCode>;
