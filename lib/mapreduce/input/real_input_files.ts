/** Inputs on the real disk and behind real URLs. */
import { resolve } from "node:path";
import type { FoundFile, InputFiles } from "./input_files.ts";
import { InputError, type InputSource } from "./input_source.ts";

class FileSource implements InputSource {
  readonly size: number;
  readonly #file: Deno.FsFile;
  #buffer = new Uint8Array(0);
  /** Where the file stands; reading on needs no seek. */
  #at = 0;

  constructor(file: Deno.FsFile, size: number) {
    this.#file = file;
    this.size = size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
    try {
      if (offset !== this.#at) await this.#file.seek(offset, Deno.SeekMode.Start);
      this.#at = offset;
      let count = 0;
      while (count < length) {
        const read = await this.#file.read(this.#buffer.subarray(count, length));
        if (read === null) break;
        count += read;
        this.#at += read;
      }
      return this.#buffer.subarray(0, count);
    } catch (error) {
      throw new InputError("unreadable", `cannot be read: ${messageOf(error)}`, { cause: error });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}

/** Inputs on the real disk and behind real URLs. */
export const realInputFiles: InputFiles = {
  async find(path) {
    try {
      return foundFile(await Deno.stat(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return undefined;
      }
      throw cannot("read", path, error);
    }
  },
  async list(folder) {
    const entries = [];
    try {
      for await (const { name, isFile, isDirectory, isSymlink } of Deno.readDir(folder)) {
        const kind = isSymlink
          ? (await realInputFiles.find(`${folder}/${name}`))?.kind ?? "other"
          : isFile
          ? "file"
          : isDirectory
          ? "folder"
          : "other";
        entries.push({ name, kind } as const);
      }
    } catch (error) {
      throw cannot("list", folder, error);
    }
    return entries;
  },
  async open(path) {
    try {
      // Opening a named pipe would wait for its writer.
      if (!(await Deno.stat(path)).isFile) throw new Error("it is no file");
      const file = await Deno.open(path);
      return new FileSource(file, (await file.stat()).size);
    } catch (error) {
      throw new InputError("unreadable", `cannot be opened: ${messageOf(error)}`, { cause: error });
    }
  },
  absolute: (path) => resolve(path),
  async real(path) {
    try {
      return await Deno.realPath(path);
    } catch (error) {
      throw cannot("read", path, error);
    }
  },
  fetch: (url, init) => fetch(url, init),
};

function foundFile({ isFile, isDirectory, size }: Deno.FileInfo): FoundFile {
  return { kind: isFile ? "file" : isDirectory ? "folder" : "other", size };
}

function cannot(what: string, path: string, error: unknown): Error {
  return new Error(`Cannot ${what} ${path}: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
