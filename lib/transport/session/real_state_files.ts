/**
 * State files on the real disk. The lock is on a file beside, since the file itself is replaced when
 * it is written anew, and whoever waited for the old one would hold a lock on nothing.
 *
 * The lock is SQLite's: `Deno.FsFile.lock` can only wait, before Deno 2.8, and a process that waits
 * cannot end. SQLite asks for its locks without waiting, on all systems, and the system gives them
 * back when a process dies, however it does.
 */
import type { DatabaseSync } from "node:sqlite";
import { folderOf } from "./folder_of.ts";
import type { LockedFile, StateFiles } from "./state_files.ts";

/** Whether the system knows who may read a file. */
const HAS_MODES = Deno.build.os !== "windows";

class RealLockedFile implements LockedFile {
  readonly #path: string;
  readonly #lock: DatabaseSync;
  #file: Deno.FsFile | undefined;

  constructor(path: string, lock: DatabaseSync) {
    this.#path = path;
    this.#lock = lock;
  }

  async read(): Promise<Uint8Array> {
    await checkSecret(this.#path);
    using file = await this.#open();
    return new Uint8Array(await new Response(file.readable).arrayBuffer());
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#attempt(async () => {
      this.#file ??= await this.#open({ append: true });
      await writeAll(this.#file, bytes);
    });
  }

  sync(): Promise<void> {
    return this.#attempt(async () => {
      this.#file ??= await this.#open({ append: true });
      await this.#file.sync();
    });
  }

  replace(bytes: Uint8Array): Promise<void> {
    return this.#attempt(async () => {
      const temporary = `${this.#path}.new`;
      await writeNew(temporary, bytes);
      this.#close(); // Windows replaces no file that is open
      await Deno.rename(temporary, this.#path);
      await syncFolder(this.#path);
    });
  }

  setAside(bytes: Uint8Array): Promise<string> {
    return this.#attempt(async () => {
      const path = `${this.#path}.damaged`;
      await writeNew(path, bytes);
      return path;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    this.#lock.close();
    return Promise.resolve();
  }

  async #attempt<R>(run: () => Promise<R>): Promise<R> {
    try {
      return await run();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot write ${this.#path}: ${why}`, { cause: error });
    }
  }

  #open(how: Deno.OpenOptions = { write: true, read: true }): Promise<Deno.FsFile> {
    return Deno.open(this.#path, { create: true, mode: 0o600, ...how });
  }

  #close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

/** State files on the real disk. */
export const realStateFiles: StateFiles = {
  async open(path) {
    try {
      await Deno.mkdir(folderOf(path), { recursive: true, mode: 0o700 });
      const lock = await takeLock(`${path}.lock`);
      return lock && new RealLockedFile(path, lock);
    } catch (error) {
      throw new Error(`Cannot open ${path}: ${error instanceof Error ? error.message : error}`);
    }
  },
};

async function takeLock(path: string): Promise<DatabaseSync | undefined> {
  // Not opened when it is there: closing it would give back the locks that this process has on it.
  await Deno.open(path, { write: true, createNew: true, mode: 0o600 }).then(
    (file) => file.close(),
    (error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    },
  );
  const { DatabaseSync } = await import("node:sqlite"); // who keeps no state does not pay for it
  const lock = new DatabaseSync(path);
  try {
    lock.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && error.message.includes("locked")) return undefined;
    throw error;
  }
}

async function checkSecret(path: string): Promise<void> {
  const info = await Deno.stat(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  if (info === undefined) return;
  if (!info.isFile) throw new Error(`Cannot use ${path}: it is no file`);
  const mode = HAS_MODES ? info.mode ?? 0 : 0;
  if ((mode & 0o077) === 0) return;
  const octal = (mode & 0o777).toString(8);
  throw new Error(`Cannot use ${path}: others may read it (mode ${octal}); run "chmod 600" on it`);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** Writes a file from its start, durably. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  await writeAll(file, bytes);
  await file.sync();
}

/** Makes a new name durable, where the system has a way to do so. */
async function syncFolder(path: string): Promise<void> {
  if (!HAS_MODES) return;
  using folder = await Deno.open(folderOf(path), { read: true });
  await folder.sync();
}
