/** Files of transfers on the real disk. */
import { resolve } from "node:path";
import { folderOf } from "../../transport/session/folder_of.ts";
import type { FileAccess, FileInfo, OpenFile } from "./file_access.ts";

class RealOpenFile implements OpenFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  /** Where the file stands; reading on needs no seek. */
  #at = 0;
  #isOpen = true;
  #syncing: Deno.FsFile | undefined;

  constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  info(): Promise<FileInfo> {
    return attempt("read", this.#path, async () => {
      const { size, mtime, nlink } = await this.#file.stat();
      return { size, mtimeMs: mtime?.getTime() ?? 0, links: nlink ?? 1 };
    });
  }

  readAt(offset: number, buffer: Uint8Array): Promise<number> {
    return attempt("read", this.#path, async () => {
      await this.#seek(offset);
      let count = 0;
      while (count < buffer.length) {
        const read = await this.#file.read(buffer.subarray(count));
        if (read === null) break;
        count += read;
        this.#at += read;
      }
      return count;
    });
  }

  writeAt(offset: number, bytes: Uint8Array): Promise<void> {
    return attempt("write", this.#path, async () => {
      await this.#seek(offset);
      for (let at = 0; at < bytes.length;) {
        const written = await this.#file.write(bytes.subarray(at));
        at += written;
        this.#at += written;
      }
    });
  }

  truncate(size: number): Promise<void> {
    return attempt("write", this.#path, () => this.#file.truncate(size));
  }

  sync(): Promise<void> {
    return attempt("write", this.#path, async () => {
      // By a handle of its own: writes through the other one would wait for it.
      this.#syncing ??= await Deno.open(this.#path, { write: true });
      await this.#syncing.syncData();
    });
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
    this.#syncing?.close();
  }

  async #seek(offset: number): Promise<void> {
    if (offset !== this.#at) await this.#file.seek(offset, Deno.SeekMode.Start);
    this.#at = offset;
  }
}

/** Files of transfers on the real disk. */
export const realFileAccess: FileAccess = {
  openToRead: (path) =>
    attempt("read", path, async () => {
      // Opening a named pipe would wait for its writer.
      if (!(await Deno.stat(path)).isFile) throw new Error("it is no file");
      return new RealOpenFile(path, await Deno.open(path));
    }),
  openToWrite: (path) =>
    attempt("write", path, async () => {
      const link = await Deno.lstat(path).catch(unless(Deno.errors.NotFound));
      if (link === undefined) return undefined;
      if (!link.isFile) throw new Error("it is no file");
      const file = await Deno.open(path, { read: true, write: true });
      // It may have been replaced by a link since it was looked at.
      const { dev, ino } = await file.stat();
      if (dev === link.dev && ino === link.ino) return new RealOpenFile(path, file);
      file.close();
      throw new Error("it is another file now");
    }),
  create: (path) =>
    attempt("write", path, async () => {
      await Deno.mkdir(folderOf(path), { recursive: true });
      const file = await Deno.open(path, { read: true, write: true, createNew: true })
        .catch(unless(Deno.errors.AlreadyExists));
      return file && new RealOpenFile(path, file);
    }),
  renameToNew: (from, to) =>
    attempt("write", to, async () => {
      if (!await linkToNew(from, to)) return false;
      await syncFolder(to);
      return true;
    }),
  remove: (path) =>
    attempt("remove", path, async () => {
      await Deno.remove(path).catch(unless(Deno.errors.NotFound));
    }),
  absolute: (path) => resolve(path),
  list: (folder) =>
    attempt("read", folder, async () => {
      const names: string[] = [];
      try {
        for await (const { name } of Deno.readDir(folder)) names.push(name);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      return names;
    }),
  namesIn: (folder) => {
    try {
      return Array.from(
        Deno.readDirSync(folder),
        ({ name, isDirectory }) => isDirectory ? `${name}/` : name,
      );
    } catch {
      return [];
    }
  },
};

/** A second name is refused where there is one, which a rename would replace. */
async function linkToNew(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    // A disk without second names. What is made here is ours to replace.
    const place = await Deno.open(to, { write: true, createNew: true })
      .catch(unless(Deno.errors.AlreadyExists));
    if (place === undefined) return false;
    place.close();
    await Deno.rename(from, to);
    return true;
  }
  await Deno.remove(from).catch(() => {}); // it has its name, whatever becomes of the other one
  return true;
}

/** Makes the names in the folder of `path` durable, where the system lets one. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  try {
    using folder = await Deno.open(folderOf(path));
    await folder.sync();
  } catch {
    // Some file systems cannot; the content itself is on the disk.
  }
}

function unless(expected: new (...args: never[]) => Error): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof expected)) throw error;
    return undefined;
  };
}

/** What Deno says, without the number of the system, and the path: `No such file or directory`. */
function reasonOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return why.replace(/ \(os error \d+\).*$/s, "");
}

async function attempt<T>(what: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new Error(`Cannot ${what} ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
