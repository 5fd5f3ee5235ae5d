/** Folders in memory whose files tasks can open by their paths, as on a disk. */
import { type Folder, FolderError, type FolderLock } from "../../lib/mapreduce/engine/folder.ts";
import type { TaskFiles } from "../../lib/mapreduce/engine/task_files.ts";

/** Bytes that grow. */
class MemoryFile {
  bytes = new Uint8Array(0);

  append(more: Uint8Array): void {
    const all = new Uint8Array(this.bytes.length + more.length);
    all.set(this.bytes);
    all.set(more, this.bytes.length);
    this.bytes = all;
  }
}

/** Folders in memory. */
export class MemoryDisk {
  /** Paths of folders. */
  readonly folders = new Set<string>();
  /** Whether nothing can be written. */
  isFull = false;
  readonly #files = new Map<string, MemoryFile>();
  /** Paths of locks that somebody holds. */
  readonly #locks = new Set<string>();

  /** Files of tasks that run in this thread. */
  readonly taskFiles: TaskFiles = {
    create: (path) => {
      const file = this.#create(path);
      return { write: (bytes) => this.#append(file, bytes), close() {} };
    },
    open: (path, startByte, endByte) => {
      const { bytes } = this.#find(path);
      let at = startByte;
      return {
        read(buffer) {
          const part = bytes.subarray(at, Math.min(endByte, at + buffer.length));
          buffer.set(part);
          at += part.length;
          return part.length;
        },
        close() {},
      };
    },
    remove: (path) => void this.#files.delete(path),
  };

  /** What files below a folder hold, by name, sorted. */
  texts(folder: string): Record<string, string> {
    const prefix = `${folder}/`;
    const paths = [...this.#files.keys()].filter((path) => path.startsWith(prefix)).sort();
    return Object.fromEntries(paths.map((path) => {
      return [path.slice(prefix.length), new TextDecoder().decode(this.#find(path).bytes)];
    }));
  }

  /** Takes away a folder. */
  remove(folder: string): void {
    this.folders.delete(folder);
    for (const name of Object.keys(this.texts(folder))) this.#files.delete(`${folder}/${name}`);
  }

  /** A folder, which is made when it is not there. */
  folder(path: string): Folder {
    this.folders.add(path);
    const pathOf = (name: string) => `${path}/${name}`;
    const writer = (file: MemoryFile) => ({
      // deno-lint-ignore require-await -- so that what is thrown is a rejection
      write: async (bytes: Uint8Array) => this.#append(file, bytes),
      sync: () => Promise.resolve(),
      close() {},
    });
    return {
      pathOf,
      create: (name) => Promise.resolve(writer(this.#create(pathOf(name)))),
      extend: (name, keepBytes) => {
        const file = this.#files.get(pathOf(name)) ?? this.#create(pathOf(name));
        file.bytes = file.bytes.slice(0, keepBytes);
        return Promise.resolve(writer(file));
      },
      open: (name) => {
        const file = this.#files.get(pathOf(name));
        if (file === undefined) return Promise.resolve(undefined);
        const read = (offset: number, length: number) =>
          Promise.resolve(file.bytes.slice(offset, offset + length));
        return Promise.resolve({ size: file.bytes.length, read, close() {} });
      },
      rename: (from, to) => {
        this.#files.set(pathOf(to), this.#find(pathOf(from)));
        this.#files.delete(pathOf(from));
        return Promise.resolve();
      },
      sync: () => Promise.resolve(),
      remove: (name) => Promise.resolve(void this.#files.delete(pathOf(name))),
      list: () => Promise.resolve(Object.keys(this.texts(path))),
      // deno-lint-ignore require-await -- so that what is thrown is a rejection
      lock: async (name) => this.#lock(pathOf(name)),
    };
  }

  #lock(path: string): FolderLock {
    if (this.#locks.has(path)) throw new FolderError(`Cannot lock ${path}: another one holds it`);
    this.#locks.add(path);
    return { release: () => void this.#locks.delete(path) };
  }

  #create(path: string): MemoryFile {
    const file = new MemoryFile();
    this.#files.set(path, file);
    return file;
  }

  #append(file: MemoryFile, bytes: Uint8Array): void {
    if (this.isFull) throw new FolderError("Cannot write: no space left on device");
    file.append(bytes);
  }

  #find(path: string): MemoryFile {
    const file = this.#files.get(path);
    if (file === undefined) throw new FolderError(`Cannot read ${path}: there is no such file`);
    return file;
  }
}
