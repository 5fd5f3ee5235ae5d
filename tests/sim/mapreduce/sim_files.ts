import { Buffer } from "node:buffer";
import { type Folder, FolderError, type FolderFile } from "../../../lib/mapreduce/engine/folder.ts";
import { Random } from "../../random.ts";
import type { SimProcess } from "../core/sim_process.ts";

/** Room on a disk is given out in blocks of so many bytes. */
const BLOCK_BYTES = 512;

/** A file. Who has it open keeps it, whatever becomes of its name. */
interface Content {
  bytes: Uint8Array;
  /** How many of them outlive a loss of power. */
  syncedBytes: number;
}

/** The files of a folder: they outlive processes, and of what was not synced a loss of power leaves some. */
export class SimFiles {
  /** Bytes that there is room for; may be changed. */
  limitBytes = Infinity;
  /** Whether writing takes as long as syncing does, as when no memory is left for it. */
  isUnbuffered = false;
  #names = new Map<string, Content>();
  /** The names as they are on the disk. */
  #durable = new Map<string, Content>();
  readonly #locks = new Map<string, SimProcess>();

  /** Names of all files, sorted. */
  get names(): string[] {
    return [...this.#names.keys()].sort();
  }

  /** What a process finds in a file; `undefined`: there is none. */
  text(name: string): string | undefined {
    const content = this.#names.get(name);
    return content && new TextDecoder().decode(content.bytes);
  }

  /** What a file would hold after a loss of power, at least. */
  synced(name: string): Uint8Array | undefined {
    const content = this.#durable.get(name);
    return content?.bytes.subarray(0, content.syncedBytes);
  }

  /** The power goes: names and bytes that were not synced are there, or in part, or not. */
  loseUnsynced(dice: number): void {
    const random = new Random(Math.floor(dice * 2 ** 32));
    const kept = new Map(this.#durable);
    for (const [name, content] of this.#names) {
      if (!kept.has(name) && random.oneIn(2)) kept.set(name, content);
    }
    for (const name of this.#durable.keys()) {
      if (!this.#names.has(name) && random.oneIn(2)) kept.delete(name);
    }
    for (const [name, { bytes, syncedBytes }] of kept) {
      const left = bytes.slice(0, random.between(syncedBytes, bytes.length));
      // The length may be on the disk while the bytes are not.
      if (random.oneIn(3)) left.fill(0, random.between(syncedBytes, left.length));
      kept.set(name, { bytes: left, syncedBytes: left.length });
    }
    this.#names = new Map(kept);
    this.#durable = kept;
  }

  /** The folder as a process sees it. */
  folderOf(process: SimProcess): Folder {
    const { disk } = process.machine;
    const full = (name: string) => refusal("write", name, "no space left on device");
    const now = <T>(run: () => T): Promise<T> => {
      if (process.isDead) return new Promise(() => {});
      return new Promise((resolve) => resolve(run()));
    };
    const commit = (run: () => void): Promise<void> => {
      if (process.isDead) return new Promise(() => {});
      const apply = () => new Promise<void>((resolve) => resolve(run()));
      // What is written needs room, and `add` sees whether there is some.
      return process.guard(disk.commit(apply));
    };
    const add = (name: string, content: Content, bytes: Uint8Array) => {
      const room = disk.isFull ? 0 : this.#roomFor(content);
      content.bytes = Buffer.concat([content.bytes, bytes.subarray(0, room)]);
      if (bytes.length > room) throw full(name);
    };
    const writer = (name: string, content: Content): FolderFile => ({
      write: (bytes) => {
        const copy = bytes.slice();
        const run = () => add(name, content, copy);
        return this.isUnbuffered ? commit(run) : now(run);
      },
      sync: () => {
        const { length } = content.bytes;
        return commit(() => void (content.syncedBytes = Math.max(content.syncedBytes, length)));
      },
      close() {},
    });
    return {
      create: (name) =>
        now(() => {
          if (disk.isFull) throw full(name);
          const content = this.#names.get(name) ?? { bytes: new Uint8Array(0), syncedBytes: 0 };
          Object.assign(content, { bytes: new Uint8Array(0), syncedBytes: 0 });
          this.#names.set(name, content);
          return writer(name, content);
        }),
      extend: (name, keepBytes) =>
        now(() => {
          const content = this.#names.get(name) ?? { bytes: new Uint8Array(0), syncedBytes: 0 };
          content.bytes = content.bytes.slice(0, keepBytes);
          content.syncedBytes = Math.min(content.syncedBytes, keepBytes);
          this.#names.set(name, content);
          return writer(name, content);
        }),
      open: (name) =>
        now(() => {
          const content = this.#names.get(name);
          if (content === undefined) return undefined;
          return {
            size: content.bytes.length,
            read: (offset, length) => now(() => content.bytes.slice(offset, offset + length)),
            close() {},
          };
        }),
      rename: (from, to) =>
        commit(() => {
          const content = this.#names.get(from);
          if (content === undefined) throw refusal("write", to, "there is no such file");
          this.#names.delete(from);
          this.#names.set(to, content);
          this.#durable = new Map(this.#names);
        }),
      sync: () => commit(() => void (this.#durable = new Map(this.#names))),
      remove: (name) => now(() => void this.#names.delete(name)),
      list: () => now(() => [...this.#names.keys()]),
      lock: (name) =>
        now(() => {
          const holder = this.#locks.get(name);
          if (holder !== undefined && !holder.isDead && holder !== process) {
            throw refusal("lock", name, "another one holds it");
          }
          this.#locks.set(name, process);
          if (!disk.isFull) this.#names.set(name, { bytes: new Uint8Array(0), syncedBytes: 0 });
          return {
            release: (isLast) => {
              if (this.#locks.get(name) !== process || process.isDead) return;
              this.#locks.delete(name);
              if (isLast) this.#names.delete(name);
            },
          };
        }),
      pathOf: (name) => `/memory/${name}`,
    };
  }

  /** Bytes that the files have been given, in whole blocks. */
  get usedBytes(): number {
    let bytes = 0;
    for (const content of this.#names.values()) bytes += inBlocks(content.bytes.length);
    return bytes;
  }

  #roomFor({ bytes: { length } }: Content): number {
    if (this.limitBytes === Infinity) return Infinity;
    const free = Math.max(0, this.limitBytes - this.usedBytes);
    return inBlocks(length) - length + Math.floor(free / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

function inBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

function refusal(what: string, name: string, why: string): FolderError {
  return new FolderError(`Cannot ${what} /memory/${name}: ${why}`);
}
