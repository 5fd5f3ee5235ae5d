/** What session state needs of a disk. `real_state_files.ts` has the real one; tests build their own. */

/** A file that nobody else has, from its opening to its disposal. */
export interface LockedFile extends AsyncDisposable {
  /** All that it holds; nothing when it is new. */
  read(): Promise<Uint8Array>;
  /** Adds bytes at its end. When it rejects, any part of them may be there. */
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves when all that was appended would outlive a loss of power. */
  sync(): Promise<void>;
  /** Puts `bytes` in place of all that it holds: all or nothing, and as durable as after `sync`. */
  replace(bytes: Uint8Array): Promise<void>;
  /** Keeps bytes that are of no use any more beside it, for people; returns where. */
  setAside(bytes: Uint8Array): Promise<string>;
}

/** What session state needs of a disk. */
export interface StateFiles {
  /**
   * Opens a file that only its owner can read; makes it and its folder where there are none.
   *
   * @returns `undefined` when somebody else has it
   * @throws {Error} when it cannot be opened, or others may read it
   */
  open(path: string): Promise<LockedFile | undefined>;
}
