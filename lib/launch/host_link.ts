/** What is written to a guard's standard input. */
export interface GuardInput {
  /**
   * Writes the bytes whole; resolves when the system has taken them, so a guard that does not read
   * slows its writer down. Not to be called again before it has resolved.
   *
   * @throws Error when the guard, or the way to it, is gone.
   */
  write(bytes: Uint8Array): Promise<void>;

  /** Ends the input, which a guard takes for its order to end everything. Never throws. */
  end(): Promise<void>;
}

/** A running `tram launch guard` as its launcher holds it: three streams and an end. */
export interface GuardPipe {
  readonly input: GuardInput;

  /**
   * The guard's standard output, in pieces of any size; read by one reader, once. Whoever stops
   * reading stops the guard's roles, which is meant. Ends, or fails, when the guard is gone.
   */
  readonly output: AsyncIterable<Uint8Array>;

  /** Ports over there that lead to ports here, by the port here. @default {none} */
  readonly ports?: ReadonlyMap<number, number>;

  /** The guard's standard error (and, from another machine, that of ssh): words for the log. */
  readonly errors: AsyncIterable<Uint8Array>;

  /**
   * The end of the guard, or of the way to it: its exit code, 128 + N after signal N, 255 from an ssh
   * that lost its connection. Never rejects.
   */
  readonly ended: Promise<{ readonly code: number }>;

  /**
   * Breaks the way at once: the local guard is killed, or its ssh is. A guard on another machine
   * then sees the end of its input and cleans up by itself. Safe to call twice, and after the end.
   */
  kill(): void;
}

/** The way to one machine, here or elsewhere, on which a launcher starts a guard. */
export interface HostLink {
  /** The machine's name as the user wrote it; `here` for this one. */
  readonly name: string;

  /**
   * Starts one guard there: connects, brings the executable there when it is missing, runs
   * `tram launch guard`. Called once.
   *
   * @throws Error with one clear line: which machine, what failed, what would be right.
   */
  start(): Promise<GuardPipe>;

  /**
   * Ends what a guard has left over there that was killed, and takes its folder away, as far as the
   * machine can be reached. Never throws. @default {the launcher does it}
   */
  sweep?(guardId: string): Promise<void>;

  /** Ends what the link itself holds (its ssh, its temporary files), after the guard's end. Safe twice. */
  close(): Promise<void>;
}
