/** The processes of a machine, as a guard sees them. `real_process_room.ts` has the real ones. */

/** What a guard starts. */
export interface ProcessStart {
  /** What to start; `null` is tram itself. */
  readonly program: string | null;
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** @default {the folder of this process} */
  readonly cwd: string | undefined;
  readonly hasInput: boolean;
}

/** A process that leads a session and a group of its own, both of which have its number. */
export interface RoomProcess {
  readonly pid: number;
  /** Writes all of `bytes`. @throws {Error} when nobody reads */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends its input. Never throws. */
  endInput(): Promise<void>;
  /** Ends when all that hold it have closed it, not with the process. */
  readonly output: AsyncIterable<Uint8Array>;
  readonly errors: AsyncIterable<Uint8Array>;
  /** Never rejects. */
  readonly ended: Promise<{ readonly code: number; readonly signal: string | null }>;
}

/** A signal that ends: the first can be ignored, the second cannot. */
export type EndSignal = "SIGTERM" | "SIGKILL";

/** Processes that carry a mark, and the groups that they are in. */
export interface Marked {
  readonly pids: readonly number[];
  readonly groups: readonly number[];
}

/** The processes of a machine. */
export interface ProcessRoom {
  /** Starts a process. @throws {Error} one line that says what would be right */
  spawn(start: ProcessStart): RoomProcess;
  /** Sends a signal to all of a group. Never throws. */
  signalGroup(group: number, signal: EndSignal): void;
  /** Whether a group has a process that has not ended. */
  hasGroup(group: number): boolean;
  /**
   * Processes that have `id` in `TRAM_RUN_ID` or `TRAM_GUARD` of their environment; none where the
   * system does not show environments.
   *
   * @param onFound told the group of each at once: some are gone a millisecond later, and their
   * children are there
   */
  find(id: string, onFound?: (group: number) => void): Marked;
}
