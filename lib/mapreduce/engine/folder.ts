/** What the engine needs of a disk: one folder, with files in it. `real_folder.ts` has the real one. */

/** A folder cannot be read or written: the disk is full, or broken. The message is one line. */
export class FolderError extends Error {
  override name = "FolderError";
}

/** A file that is being written. One call at a time. */
export interface FolderFile {
  /** Writes all of `bytes`, which must not change until it resolves. @throws {FolderError} */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when what was written would outlive a loss of power. @throws {FolderError} */
  sync(): Promise<void>;
  /** Ends writing; good at any time, also twice. */
  close(): void;
}

/** A file that is being read. One call at a time. */
export interface FolderReader {
  readonly size: number;
  /**
   * The bytes from `offset` on, exactly `length` of them, or as many as there are. A view, valid until
   * the next call.
   *
   * @throws {FolderError}
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Good at any time, also twice. */
  close(): void;
}

/** A lock on a folder that this process holds. */
export interface FolderLock {
  /**
   * Gives it back; good at any time, also twice.
   *
   * @param isLast nobody will want the lock any more: what stands for it goes, too
   */
  release(isLast: boolean): void;
}

/** A folder. Names are plain: no folders in it. */
export interface Folder {
  /** Makes a file, or an empty one of what is there. @throws {FolderError} */
  create(name: string): Promise<FolderFile>;
  /** Goes on writing a file behind its first `keepBytes`; the rest is cut off. @throws {FolderError} */
  extend(name: string, keepBytes: number): Promise<FolderFile>;
  /** Opens a file. @returns `undefined`: there is none @throws {FolderError} */
  open(name: string): Promise<FolderReader | undefined>;
  /** Gives a file another name, durably; what had that name goes. @throws {FolderError} */
  rename(from: string, to: string): Promise<void>;
  /** Resolves when the names of all files, and that of the folder, would outlive a loss of power. */
  sync(): Promise<void>;
  /** Takes a file away; does nothing where there is none. @throws {FolderError} */
  remove(name: string): Promise<void>;
  /** Names of all files. @throws {FolderError} */
  list(): Promise<readonly string[]>;
  /**
   * Makes this process the only one that holds the lock of that name, until it ends or gives it back.
   * Where the file system has no locks, everybody gets one.
   *
   * @throws {FolderError} when another one holds it, with who it is
   */
  lock(name: string): Promise<FolderLock>;
  /** Path of a file, for threads that open it themselves. */
  pathOf(name: string): string;
}
