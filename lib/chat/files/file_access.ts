/** What sending and receiving files needs of a disk. `real_file_access.ts` has the real one. */

/** What is known of a file without reading it. */
export interface FileInfo {
  readonly size: number;
  /** When it was changed last, in milliseconds since 1970; 0 where the system does not say. */
  readonly mtimeMs: number;
  /** How many names it has; 1 where the system does not say. */
  readonly links: number;
}

/** A file that is open; one call at a time. Everything throws an `Error` of one line. */
export interface OpenFile extends Disposable {
  /** What is known of it now. */
  info(): Promise<FileInfo>;
  /** Reads into `buffer`, as much as there is. @returns how much: less only at the end of the file */
  readAt(offset: number, buffer: Uint8Array): Promise<number>;
  /** Writes all of `bytes`, which must not change until it resolves. */
  writeAt(offset: number, bytes: Uint8Array): Promise<void>;
  /** Cuts off what is beyond `size`. */
  truncate(size: number): Promise<void>;
  /** Resolves when what was written would outlive a loss of power; may be called at any time. */
  sync(): Promise<void>;
}

/** What sending and receiving files needs of a disk. Everything throws an `Error` of one line. */
export interface FileAccess {
  /** Opens a file to read it. @throws {Error} also when it is something else, such as a folder */
  openToRead(path: string): Promise<OpenFile>;
  /** Opens a file as it is, to read and write; links are not followed. @returns `undefined`: there is none */
  openToWrite(path: string): Promise<OpenFile | undefined>;
  /** Makes a file, and its folder. @returns `undefined` when there is something of that name, be it a broken link */
  create(path: string): Promise<OpenFile | undefined>;
  /**
   * Gives a file another name in the same folder, durably; where the name before cannot be taken away,
   * it stays. @returns false when the name is taken
   */
  renameToNew(from: string, to: string): Promise<boolean>;
  /** Takes a file away; does nothing where there is none. */
  remove(path: string): Promise<void>;
  /** The same path, wherever a later process is started. */
  absolute(path: string): string;
  /** Names of what is in a folder; empty where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** The same at once, with a `/` behind names of folders; empty where it cannot be read. */
  namesIn(folder: string): readonly string[];
}
