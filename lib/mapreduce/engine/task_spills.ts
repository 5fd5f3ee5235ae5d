import type { SpillReader, SpillStore, SpillWriter } from "../kernel/spill_store.ts";
import type { TaskFiles } from "./task_files.ts";

/** Spills of one attempt, in files whose names begin with its own. */
export class TaskSpills implements SpillStore {
  /** Bytes that were spilled. */
  bytes = 0;
  readonly #files: TaskFiles;
  readonly #prefix: string;
  readonly #alive: () => void;
  #lastId = 0;

  /** @param alive called for each block, since spilling and merging take long */
  constructor(files: TaskFiles, prefix: string, alive: () => void) {
    this.#files = files;
    this.#prefix = prefix;
    this.#alive = alive;
  }

  create(): SpillWriter {
    const id = ++this.#lastId;
    const file = this.#files.create(this.pathOf(id));
    return {
      id,
      write: (bytes) => {
        file.write(bytes);
        this.bytes += bytes.length;
        this.#alive();
      },
      close: () => file.close(),
    };
  }

  open(id: number, startByte: number, endByte: number): SpillReader {
    return this.#files.open(this.pathOf(id), startByte, endByte);
  }

  remove(id: number): void {
    this.#files.remove(this.pathOf(id));
  }

  /** Path of a spill. */
  pathOf(id: number): string {
    return `${this.#prefix}.spill${id}`;
  }
}
