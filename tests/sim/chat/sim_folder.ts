/** Files on a machine, with what of them was synced; for those that are handed over. */
import type { FileAccess, FileInfo, OpenFile } from "../../../lib/chat/files/file_access.ts";
import type { Random } from "../../random.ts";
import type { SimProcess } from "../core/sim_process.ts";

interface Content {
  bytes: Uint8Array;
  /** What is there for sure after a loss of power. */
  synced: Uint8Array;
}

/** Bugs of a disk. */
export interface FolderBugs {
  /** Files whose `sync` does nothing. */
  readonly neverSynced?: (path: string) => boolean;
  /** New names are not there after a loss of power. */
  readonly forgetsNames?: boolean;
  /** Nothing is taken away. */
  readonly keepsAll?: boolean;
  /** What is written to a part that was there before goes to the wrong place. */
  readonly misplaces?: boolean;
  /** Files are not closed. */
  readonly keepsOpen?: boolean;
}

/** Files on a machine. */
export class SimFolder {
  readonly #files = new Map<string, Content>();
  /** Files of other names before, or taken away, as far as that may be undone. */
  readonly #undone = new Map<string, Content>();
  /** New names that are not durable. */
  readonly #newNames = new Set<string>();
  readonly #random: Random;
  readonly #bugs: FolderBugs;
  /** Files that the newest process has open. */
  open = 0;

  constructor(random: Random, bugs: FolderBugs = {}) {
    this.#random = random;
    this.#bugs = bugs;
  }

  /** Paths of all files. */
  get paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** Puts a file there. */
  put(path: string, bytes: Uint8Array): void {
    this.#files.set(path, { bytes, synced: bytes });
  }

  /** Content of a file. */
  get(path: string): Uint8Array | undefined {
    return this.#files.get(path)?.bytes;
  }

  /** The power is lost: what was not synced may be there, or be old, or zeros. */
  losePower(): void {
    for (const file of this.#files.values()) {
      const { bytes, synced } = file;
      if (bytes === synced) continue;
      const how = this.#random.below(3);
      if (how === 0) file.bytes = synced;
      if (how === 1) {
        const torn = new Uint8Array(bytes.length);
        torn.set(synced.subarray(0, bytes.length));
        file.bytes = torn;
      }
      file.synced = file.bytes;
    }
    for (const path of this.#newNames) this.#files.delete(path);
    for (const [path, content] of this.#undone) {
      if (!this.#files.has(path) && this.#random.oneIn(2)) this.#files.set(path, content);
    }
    this.#undone.clear();
  }

  /** The files as a process sees them. */
  forProcess(process: SimProcess): FileAccess {
    this.open = 0;
    const { disk } = process.machine;
    const full = (path: string) => new Error(`Cannot write ${path}: no space left on device`);
    const change = <T>(path: string, apply: () => T): Promise<T> =>
      process.guard(disk.commit(() => Promise.resolve(apply()), () => full(path)));
    // What takes no room works on a full disk, too.
    const look = <T>(apply: () => T): Promise<T> =>
      process.guard(new Promise((resolve) => process.clock.after(0.1, () => resolve(apply()))));
    const opened = (path: string, file: Content, shift = 0): OpenFile => {
      this.open++;
      let isOpen = true;
      return {
        info: (): Promise<FileInfo> =>
          look(() => {
            const links = [...this.#files.values()].filter((one) => one === file).length;
            return { size: file.bytes.length, mtimeMs: 1, links };
          }),
        readAt: (offset, buffer) =>
          look(() => {
            const part = file.bytes.subarray(offset, offset + buffer.length);
            buffer.set(part);
            return part.length;
          }),
        writeAt: (offset, bytes) => {
          const copy = bytes.slice();
          return change(path, () => {
            const size = Math.max(file.bytes.length, offset + copy.length);
            const changed = new Uint8Array(size);
            changed.set(file.bytes);
            changed.set(copy, Math.max(0, offset - shift));
            file.bytes = changed;
          });
        },
        truncate: (size) => look(() => void (file.bytes = file.bytes.slice(0, size))),
        sync: () =>
          change(path, () => {
            if (!this.#bugs.neverSynced?.(path)) file.synced = file.bytes;
          }),
        [Symbol.dispose]: () => {
          if (isOpen && !process.isDead && !this.#bugs.keepsOpen) this.open--;
          isOpen = false;
        },
      };
    };
    return {
      openToRead: async (path) => {
        const file = await look(() => this.#files.get(path));
        if (file === undefined) throw new Error(`Cannot read ${path}: not found`);
        return opened(path, file);
      },
      openToWrite: async (path) => {
        const file = await look(() => this.#files.get(path));
        const isMisplaced = this.#bugs.misplaces === true && path.endsWith(".tram-part");
        return file && opened(path, file, isMisplaced ? 1 : 0);
      },
      create: async (path) => {
        const file = await change(path, () => {
          if (this.#files.has(path)) return undefined;
          const made = { bytes: new Uint8Array(0), synced: new Uint8Array(0) };
          this.#files.set(path, made);
          return made;
        });
        return file && opened(path, file);
      },
      renameToNew: async (from, to) => {
        const file = this.#files.get(from);
        if (file === undefined) throw new Error(`Cannot write ${to}: not found`);
        const isLinked = await change(to, () => {
          if (this.#files.has(to)) return false;
          this.#files.set(to, file);
          return true;
        });
        if (!isLinked) return false;
        await look(() => this.#files.delete(from));
        if (this.#bugs.forgetsNames) this.#newNames.add(to);
        return true;
      },
      remove: (path) =>
        look(() => {
          const file = this.#files.get(path);
          if (file === undefined || this.#bugs.keepsAll) return;
          this.#undone.set(path, file);
          this.#files.delete(path);
        }),
      absolute: (path) => path,
      list: (folder) =>
        look(() =>
          this.paths.filter((path) => path.startsWith(`${folder}/`))
            .map((path) => path.slice(folder.length + 1))
        ),
      namesIn: () => [],
    };
  }
}
