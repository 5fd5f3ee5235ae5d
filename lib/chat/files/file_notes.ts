/** Where transfers keep what they need after a restart. `StateFile` fits. */
export interface FileNotes {
  /** What was noted. */
  readonly notes: ReadonlyMap<string, string>;
  /** Notes something under a name; written soon. Nothing is forgotten: names are used again. */
  note(name: string, value: string): void;
  /**
   * Resolves when everything so far would outlive a loss of power; missing where nothing outlives the
   * process. @throws {Error} one line: it cannot be kept
   */
  sync?(): Promise<void>;
}

/** Notes that end with the process. */
export class MemoryNotes implements FileNotes {
  readonly notes: Map<string, string> = new Map();

  note(name: string, value: string): void {
    this.notes.set(name, value);
  }
}
