import { resolve } from "node:path/posix";
import type { FolderEntry, InputFiles } from "../../../lib/mapreduce/input/input_files.ts";
import { InputError } from "../../../lib/mapreduce/input/input_source.ts";
import { bytesSource } from "./bytes_source.ts";

/** Inputs in memory; the process is in `/data`. */
export class FakeInputFiles implements InputFiles {
  /** Files by absolute path. */
  readonly bytes = new Map<string, Uint8Array>();
  /** Links by absolute path: where they lead. */
  readonly links = new Map<string, string>();
  /** Pipes and the like, by absolute path. */
  readonly others = new Set<string>();
  /** Paths that were opened, in order. */
  readonly opened: string[] = [];
  /** Sources that are open. */
  openSources = 0;
  /** What servers say, by URL. */
  readonly servers = new Map<string, (init: RequestInit) => Response | Promise<Response>>();

  /** Puts a file there. */
  put(path: string, bytes: Uint8Array | string): void {
    const content = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    this.bytes.set(this.absolute(path), content);
  }

  find(path: string) {
    const real = this.#real(path);
    const bytes = this.bytes.get(real);
    if (bytes !== undefined) return Promise.resolve({ kind: "file", size: bytes.length } as const);
    if (this.others.has(real)) return Promise.resolve({ kind: "other", size: 0 } as const);
    if (this.#isFolder(real)) return Promise.resolve({ kind: "folder", size: 0 } as const);
    return Promise.resolve(undefined);
  }

  async list(folder: string) {
    const prefix = this.#real(folder) === "/" ? "/" : `${this.#real(folder)}/`;
    const names = new Set<string>();
    for (const path of [...this.bytes.keys(), ...this.links.keys(), ...this.others]) {
      if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split("/")[0] as string);
    }
    const entries: FolderEntry[] = [];
    // Not in order, as on a disk.
    for (const name of [...names].reverse()) {
      entries.push({ name, kind: (await this.find(prefix + name))?.kind ?? "other" });
    }
    return entries;
  }

  open(path: string) {
    const bytes = this.bytes.get(this.#real(path));
    this.opened.push(this.#real(path));
    if (bytes === undefined) {
      return Promise.reject(new InputError("unreadable", "cannot be opened: no such file"));
    }
    this.openSources++;
    return Promise.resolve({
      ...bytesSource(bytes),
      [Symbol.asyncDispose]: () => {
        this.openSources--;
        return Promise.resolve();
      },
    });
  }

  absolute(path: string): string {
    return resolve("/data", path);
  }

  real(path: string) {
    const real = this.#real(path);
    return this.bytes.has(real) || this.others.has(real) || this.#isFolder(real)
      ? Promise.resolve(real)
      : Promise.reject(new Error(`Cannot read ${path}: no such file`));
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const server = this.servers.get(url);
    if (server === undefined) throw new TypeError("connection refused");
    return await server(init);
  }

  #real(path: string): string {
    let real = "/";
    for (const part of this.absolute(path).split("/").filter((name) => name !== "")) {
      real = real === "/" ? `/${part}` : `${real}/${part}`;
      const link = this.links.get(real);
      if (link !== undefined) real = this.#real(link);
    }
    return real;
  }

  #isFolder(real: string): boolean {
    const prefix = real === "/" ? "/" : `${real}/`;
    return [...this.bytes.keys(), ...this.links.keys(), ...this.others]
      .some((path) => path.startsWith(prefix));
  }
}
