/** What deploying and running over ssh needs of this machine; `real_ssh_world.ts` has the real one. */

/** A program that runs, with its input and outputs. */
export interface RunningProgram {
  /** Writes all of `bytes`, which must not change until it resolves. @throws {Error} if nobody reads */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends its input. Never throws. */
  endInput(): Promise<void>;
  /** Standard output; must be read. A view is valid until the next is asked for. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Standard error; must be read. */
  readonly errors: AsyncIterable<Uint8Array>;
  /** Exit code; 128 + N after signal N. Never rejects. */
  readonly ended: Promise<number>;
  /** Ends it, and what it has started, at once. Never throws; twice does no harm. */
  kill(): void;
}

/** An executable in a file. */
export interface ExecutableFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
  /** The first bytes of it. */
  readonly head: Uint8Array;
  /** All of it, from the start, as often as wanted. A view is valid until the next is asked for. */
  read(): AsyncIterable<Uint8Array>;
}

/** What deploying and running over ssh needs of this machine. */
export interface SshWorld {
  /**
   * Starts a program in a session of its own.
   *
   * @throws {Error} when there is no such program, or it cannot be started
   */
  start(program: string, args: readonly string[]): RunningProgram;
  /** Opens an executable. @throws {Error} that says what would be right */
  openExecutable(path: string): Promise<ExecutableFile>;
  /** Path of this tram, when it is an executable. */
  readonly ownExecutable: string | undefined;
  /** From 0 to below 1. */
  random(): number;
}
