/** Starting programs: `real_spawner.ts` does it; tests have their own. */

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number;
  /** The signal that ended it, such as `SIGKILL`. */
  readonly signal: string | undefined;
}

/** A program that runs, with its input and outputs. */
export interface Program {
  /** Writes all of `bytes`, which must not change until it resolves. @throws {Error} if nobody reads */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends its input. Never throws. */
  endInput(): Promise<void>;
  /** Views, valid until the next is asked for. Ends with the program, or when it closes it. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Standard error; must be read. */
  readonly errors: AsyncIterable<Uint8Array>;
  readonly ended: Promise<ProgramEnd>;
  /** Ends it, and what it has started, at once. */
  kill(): void;
}

/** Starts programs. */
export interface Spawner {
  /** Runs a command line by `sh -c`. @throws {Error} */
  shell(command: string): Program;
  /** Runs `tram mapreduce sandbox`. @throws {Error} */
  sandbox(): Program;
}
