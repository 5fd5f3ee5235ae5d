/** Where the sender's side of transfers keeps what it needs after a restart. `StateFile` fits. */
export interface FileNotes {
  /** What was noted. */
  readonly notes: ReadonlyMap<string, string>;
  /** Notes something under a name; written soon. Nothing is forgotten: names are used again. */
  note(name: string, value: string): void;
}

/** Notes that end with the process. */
export class MemoryNotes implements FileNotes {
  readonly notes: Map<string, string> = new Map();

  note(name: string, value: string): void {
    this.notes.set(name, value);
  }
}
