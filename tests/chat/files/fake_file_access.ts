/** Files in a map: what is read is counted, disks can be full, a kill loses what was not synced. */
import { turn } from "../../../lib/clock/turn.ts";
import type { FileAccess, FileInfo, OpenFile } from "../../../lib/chat/files/file_access.ts";

/** A file's content; it outlives its names. */
interface Content {
  bytes: Uint8Array;
  size: number;
  mtimeMs: number;
  /** Bytes at the start that would outlive a loss of power. */
  syncedSize: number;
}

/** Files in a map. */
export class FakeFileAccess implements FileAccess {
  /** Bytes that were read, by path. */
  readonly readBytes = new Map<string, number>();
  /** Bytes that can still be written. */
  freeBytes = Infinity;
  /** Names that are links to nowhere. */
  readonly brokenLinks = new Set<string>();
  /** Called before each write. */
  onWrite: ((path: string) => void) | undefined;
  /** What holds up what takes time: making a file, writing, syncing, listing. */
  gate: Promise<void> | undefined;
  /** Files that are open. */
  open = 0;
  readonly #files = new Map<string, Content>();
  #process = 1;

  /** Paths of all files, sorted. */
  get paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** These files, as one process sees them: after {@linkcode kill} it can do nothing. */
  forProcess(): FileAccess {
    const process = this.#process;
    const alive = <T>(run: () => Promise<T>): Promise<T> => {
      if (process === this.#process) return run();
      return Promise.reject(new Error("the process was killed"));
    };
    return {
      openToRead: (path) => alive(() => this.openToRead(path)),
      openToWrite: (path) => alive(() => this.openToWrite(path)),
      create: (path) => alive(() => this.create(path)),
      renameToNew: (from, to) => alive(() => this.renameToNew(from, to)),
      remove: (path) => alive(() => this.remove(path)),
      list: (folder) => alive(() => this.list(folder)),
      absolute: (path) => path,
      namesIn: (folder) => this.namesIn(folder),
    };
  }

  /** Puts a file there. */
  put(path: string, bytes: Uint8Array, mtimeMs = 1): void {
    const { length: size } = bytes;
    this.#files.set(path, { bytes: bytes.slice(), size, mtimeMs, syncedSize: size });
  }

  /**
   * The process is killed: what it has open does nothing any more.
   *
   * @param loses files of which zeros are left where nothing was synced: the power is lost, too
   */
  kill(loses: (path: string) => boolean = () => false): void {
    this.#process++;
    this.open = 0;
    for (const [path, file] of this.#files) {
      if (loses(path)) file.bytes.fill(0, file.syncedSize, file.size);
    }
  }

  /** Gives a file another name besides: half of a renaming. */
  link(from: string, to: string): void {
    const file = this.#files.get(from);
    if (file !== undefined) this.#files.set(to, file);
  }

  /** Cuts a file, as another program may. */
  truncate(path: string, size: number): void {
    const file = this.#files.get(path);
    if (file !== undefined) file.size = size;
  }

  /** Content of a file. */
  get(path: string): Uint8Array | undefined {
    const file = this.#files.get(path);
    return file?.bytes.slice(0, file.size);
  }

  openToRead(path: string): Promise<OpenFile> {
    const file = this.#files.get(path);
    if (file === undefined) return Promise.reject(new Error(`Cannot read ${path}: not found`));
    return Promise.resolve(this.#open(path, file));
  }

  openToWrite(path: string): Promise<OpenFile | undefined> {
    if (this.brokenLinks.has(path)) {
      return Promise.reject(new Error(`Cannot write ${path}: it is no file`));
    }
    const file = this.#files.get(path);
    return Promise.resolve(file && this.#open(path, file));
  }

  async create(path: string): Promise<OpenFile | undefined> {
    await this.gate;
    if (this.#isTaken(path)) return undefined;
    const file = { bytes: new Uint8Array(0), size: 0, mtimeMs: 0, syncedSize: 0 };
    this.#files.set(path, file);
    return this.#open(path, file);
  }

  renameToNew(from: string, to: string): Promise<boolean> {
    const file = this.#files.get(from);
    if (file === undefined) return Promise.reject(new Error(`Cannot write ${to}: not found`));
    if (this.#isTaken(to)) return Promise.resolve(false);
    this.#files.delete(from);
    this.#files.set(to, file);
    return Promise.resolve(true);
  }

  remove(path: string): Promise<void> {
    this.#files.delete(path);
    return Promise.resolve();
  }

  absolute(path: string): string {
    return path;
  }

  async list(folder: string): Promise<readonly string[]> {
    await this.gate;
    const start = `${folder}/`;
    const inside = this.paths.filter((path) => path.startsWith(start));
    return inside.map((path) => path.slice(start.length));
  }

  namesIn(folder: string): readonly string[] {
    const start = folder.endsWith("/") ? folder : `${folder}/`;
    const inside = this.paths.filter((path) => path.startsWith(start));
    return [
      ...new Set(inside.map((path) => /^[^/]*\/?/.exec(path.slice(start.length))?.[0] ?? "")),
    ];
  }

  #isTaken(path: string): boolean {
    return this.#files.has(path) || this.brokenLinks.has(path);
  }

  #open(path: string, file: Content): OpenFile {
    this.open++;
    let isOpen = true;
    const opener = this.#process;
    const use = () => {
      if (opener !== this.#process) throw new Error(`Cannot use ${path}: the process was killed`);
      if (!isOpen) throw new Error(`Cannot use ${path}: it is closed`);
    };
    return {
      info: (): Promise<FileInfo> =>
        Promise.resolve().then(() => {
          use();
          const links = [...this.#files.values()].filter((one) => one === file).length;
          return { size: file.size, mtimeMs: file.mtimeMs, links };
        }),
      readAt: async (offset, buffer) => {
        await turn(); // a disk is never ready at once
        use();
        const part = file.bytes.subarray(offset, Math.min(file.size, offset + buffer.length));
        buffer.set(part);
        this.readBytes.set(path, (this.readBytes.get(path) ?? 0) + part.length);
        return part.length;
      },
      writeAt: async (offset, bytes) => {
        await turn();
        await this.gate;
        use();
        this.onWrite?.(path);
        const end = offset + bytes.length;
        const more = Math.max(0, end - file.size);
        if (more > this.freeBytes) throw new Error(`Cannot write ${path}: no space left on device`);
        this.freeBytes -= more;
        if (end > file.bytes.length) {
          const larger = new Uint8Array(Math.max(end, file.bytes.length * 2));
          larger.set(file.bytes.subarray(0, file.size));
          file.bytes = larger;
        }
        file.bytes.set(bytes, offset);
        file.size = Math.max(file.size, end);
      },
      truncate: (size) =>
        Promise.resolve().then(() => {
          use();
          file.size = Math.min(file.size, size);
          file.syncedSize = Math.min(file.syncedSize, size);
        }),
      sync: async () => {
        const { size } = file;
        await this.gate;
        use();
        file.syncedSize = Math.max(file.syncedSize, Math.min(size, file.size));
      },
      [Symbol.dispose]: () => {
        if (isOpen && opener === this.#process) this.open--;
        isOpen = false;
      },
    };
  }
}
