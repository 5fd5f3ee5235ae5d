/** A folder on the real disk. */
import { dirname, join, resolve } from "node:path";
import { lockFolder } from "./lock_folder.ts";
import { type Folder, FolderError, type FolderFile, type FolderReader } from "./folder.ts";

class RealFile implements FolderFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #isOpen = true;

  constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  write(bytes: Uint8Array): Promise<void> {
    return attempt("write", this.#path, async () => {
      for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    });
  }

  sync(): Promise<void> {
    return attempt("write", this.#path, () => this.#file.sync());
  }

  close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}

class RealReader implements FolderReader {
  readonly size: number;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #buffer = new Uint8Array(0);
  #at = 0;
  #isOpen = true;

  constructor(path: string, file: Deno.FsFile, size: number) {
    this.#path = path;
    this.#file = file;
    this.size = size;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return attempt("read", this.#path, async () => {
      if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
      if (offset !== this.#at) await this.#file.seek(offset, Deno.SeekMode.Start);
      let count = 0;
      while (count < length) {
        const read = await this.#file.read(this.#buffer.subarray(count, length));
        if (read === null) break;
        count += read;
      }
      this.#at = offset + count;
      return this.#buffer.subarray(0, count);
    });
  }

  close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}

/** The folder at `path`, which is there. */
export function realFolder(path: string): Folder {
  const pathOf = (name: string) => join(path, name);
  return {
    pathOf,
    create: (name) =>
      attempt("write", pathOf(name), async () => {
        return new RealFile(
          pathOf(name),
          await Deno.open(pathOf(name), { write: true, create: true, truncate: true }),
        );
      }),
    extend: (name, keepBytes) =>
      attempt("write", pathOf(name), async () => {
        const file = await Deno.open(pathOf(name), { write: true, create: true });
        await file.truncate(keepBytes);
        await file.seek(0, Deno.SeekMode.End);
        return new RealFile(pathOf(name), file);
      }),
    open: (name) =>
      attempt("read", pathOf(name), async () => {
        try {
          const file = await Deno.open(pathOf(name));
          return new RealReader(pathOf(name), file, (await file.stat()).size);
        } catch (error) {
          if (error instanceof Deno.errors.NotFound) return undefined;
          throw error;
        }
      }),
    rename: (from, to) =>
      attempt("write", pathOf(to), async () => {
        await Deno.rename(pathOf(from), pathOf(to));
        await syncFolder(path);
      }),
    async sync() {
      await syncFolder(path);
      await syncFolder(dirname(resolve(path)));
    },
    remove: (name) =>
      attempt("remove", pathOf(name), async () => {
        await Deno.remove(pathOf(name)).catch((error) => {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        });
      }),
    lock: (name) => lockFolder(path, name),
    list: () =>
      attempt("read", path, async () => {
        const names: string[] = [];
        for await (const { name, isFile } of Deno.readDir(path)) if (isFile) names.push(name);
        return names;
      }),
  };
}

/** Makes the names in a folder durable, where the system lets one. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // Some file systems cannot; the content itself is on the disk.
  }
}

async function attempt<T>(what: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FolderError(`Cannot ${what} ${path}: ${why}`, { cause: error });
  }
}
