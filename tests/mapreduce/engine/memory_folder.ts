/** A folder in memory that can be full, and that forgets what was not synced when its machine dies. */
import { Buffer } from "node:buffer";
import type { Clock } from "../../../lib/clock/clock.ts";
import { sleep } from "../../../lib/clock/sleep.ts";
import {
  type Folder,
  FolderError,
  type FolderFile,
  type FolderLock,
  type FolderReader,
} from "../../../lib/mapreduce/engine/folder.ts";

interface Content {
  bytes: Uint8Array;
  syncedBytes: number;
  /** Whether its name is on the disk. */
  isNamed: boolean;
}

/** A folder in memory. */
export class MemoryFolder implements Folder {
  /** Bytes that it has room for; may be changed. */
  limitBytes = Infinity;
  /** Time that it takes until something is synced. */
  syncMs: { readonly clock: Clock; readonly ms: number } | undefined;
  /** Files that were made, by name, in order. */
  readonly created: string[] = [];
  readonly #files: Map<string, Content>;
  readonly #locks = new Set<string>();
  #isDead = false;

  constructor(files: Map<string, Content> = new Map()) {
    this.#files = files;
  }

  /** The machine dies: nothing can be done with this folder, and the new one is what is on the disk. */
  crash(): MemoryFolder {
    this.#isDead = true;
    const kept = new Map<string, Content>();
    for (const [name, { bytes, syncedBytes, isNamed }] of this.#files) {
      if (isNamed) kept.set(name, { bytes: bytes.slice(0, syncedBytes), syncedBytes, isNamed });
    }
    return new MemoryFolder(kept);
  }

  /** What a file holds, as text; `undefined`: there is none. */
  text(name: string): string | undefined {
    const content = this.#files.get(name);
    return content && new TextDecoder().decode(content.bytes);
  }

  /** What a file would hold after a loss of power, as text. */
  syncedText(name: string): string | undefined {
    const content = this.#files.get(name);
    return content && new TextDecoder().decode(content.bytes.subarray(0, content.syncedBytes));
  }

  /** Writes a file as if it had been there before. */
  put(name: string, text: string): void {
    const bytes = Buffer.from(text);
    this.#files.set(name, { bytes, syncedBytes: bytes.length, isNamed: true });
  }

  /** Names of all files, sorted. */
  get names(): string[] {
    return [...this.#files.keys()].sort();
  }

  create(name: string): Promise<FolderFile> {
    return this.#attempt("write", name, () => {
      this.created.push(name);
      const content = newContent();
      this.#files.set(name, content);
      return this.#writer(name, content);
    });
  }

  extend(name: string, keepBytes: number): Promise<FolderFile> {
    return this.#attempt("write", name, () => {
      const content = this.#files.get(name) ?? newContent();
      content.bytes = content.bytes.slice(0, keepBytes);
      content.syncedBytes = Math.min(content.syncedBytes, keepBytes);
      this.#files.set(name, content);
      return this.#writer(name, content);
    });
  }

  open(name: string): Promise<FolderReader | undefined> {
    return this.#attempt("read", name, () => {
      const content = this.#files.get(name);
      if (content === undefined) return undefined;
      return {
        size: content.bytes.length,
        read: (offset, length) =>
          this.#attempt("read", name, () => content.bytes.slice(offset, offset + length)),
        close() {},
      };
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#attempt("write", to, () => {
      const content = this.#files.get(from);
      if (content === undefined) throw new Error("there is no such file");
      this.#files.delete(from);
      this.#files.set(to, content);
      this.#syncNames();
    });
  }

  sync(): Promise<void> {
    return this.#attempt("write", ".", () => this.#syncNames());
  }

  remove(name: string): Promise<void> {
    return this.#attempt("remove", name, () => void this.#files.delete(name));
  }

  list(): Promise<readonly string[]> {
    return this.#attempt("read", ".", () => [...this.#files.keys()]);
  }

  lock(name: string): Promise<FolderLock> {
    return this.#attempt("lock", name, () => {
      if (this.#locks.has(name)) throw new Error("somebody else holds it");
      this.#locks.add(name);
      let isHeld = true;
      return {
        release: () => {
          if (isHeld) this.#locks.delete(name);
          isHeld = false;
        },
      };
    });
  }

  pathOf(name: string): string {
    return `/memory/${name}`;
  }

  #syncNames(): void {
    for (const content of this.#files.values()) content.isNamed = true;
  }

  #writer(name: string, content: Content): FolderFile {
    return {
      write: (bytes) =>
        this.#attempt("write", name, () => {
          let used = bytes.length;
          for (const file of this.#files.values()) used += file.bytes.length;
          if (used > this.limitBytes) throw new Error("no space left on device");
          content.bytes = Buffer.concat([content.bytes, bytes]);
        }),
      sync: async () => {
        const { length } = content.bytes;
        if (this.syncMs !== undefined) await sleep(this.syncMs.clock, this.syncMs.ms);
        await this.#attempt("write", name, () => {
          content.syncedBytes = length;
        });
      },
      close() {},
    };
  }

  // deno-lint-ignore require-await -- so that what is thrown is a rejection
  async #attempt<T>(what: string, name: string, run: () => T): Promise<T> {
    try {
      if (this.#isDead) throw new Error("the machine is gone");
      return run();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new FolderError(`Cannot ${what} ${this.pathOf(name)}: ${why}`);
    }
  }
}

function newContent(): Content {
  return { bytes: new Uint8Array(0), syncedBytes: 0, isNamed: false };
}
