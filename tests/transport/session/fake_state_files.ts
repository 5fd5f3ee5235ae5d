/** State files in a map, on a disk that fails, forgets what was not synced, and stops in the middle. */
// @ts-types="../../../lib/types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
import type { LockedFile, StateFiles } from "../../../lib/transport/session/state_files.ts";

interface FakeFile {
  bytes: Uint8Array;
  /** What a loss of power leaves. */
  synced: Uint8Array;
  /** Raised when another world begins: who had it, has it no more. */
  owner: object | undefined;
}

/** A disk for state files. */
export class FakeStateFiles implements StateFiles {
  readonly files = new Map<string, FakeFile>();
  /** What the next writes fail with, after half of the bytes. */
  trouble: string | undefined;
  appends = 0;
  syncs = 0;
  replaces = 0;
  /** When set, `append` and `sync` wait for it. */
  gate: Promise<void> | undefined;

  /** What a kill of all processes does; with `losePower`, what was not synced is gone too. */
  crash(losePower = false): void {
    for (const file of this.files.values()) {
      file.owner = undefined;
      if (losePower) file.bytes = file.synced;
    }
  }

  /** Puts other bytes into a file. */
  change(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const file = this.#file(path);
    file.bytes = change(file.bytes);
  }

  /** What is in a file. */
  bytesOf(path: string): Uint8Array {
    return this.#file(path).bytes;
  }

  open(path: string): Promise<LockedFile | undefined> {
    const file = this.#file(path);
    if (file.owner !== undefined) return Promise.resolve(undefined);
    const owner = {};
    file.owner = owner;
    const check = () => {
      if (file.owner !== owner) throw new Error("the process is dead");
      if (this.trouble !== undefined) throw new Error(this.trouble);
    };
    return Promise.resolve({
      read: () => Promise.resolve(file.bytes.slice()),
      append: async (bytes) => {
        this.appends++;
        await this.gate;
        if (this.trouble !== undefined) bytes = bytes.subarray(0, bytes.length / 2);
        if (file.owner === owner) file.bytes = concat([file.bytes, bytes]);
        check();
      },
      sync: async () => {
        this.syncs++;
        await this.gate;
        check();
        file.synced = file.bytes;
      },
      replace: async (bytes) => {
        this.replaces++;
        await this.gate;
        check();
        file.bytes = file.synced = bytes.slice();
      },
      setAside: (bytes) => {
        this.#file(`${path}.damaged`).bytes = bytes;
        return Promise.resolve(`${path}.damaged`);
      },
      [Symbol.asyncDispose]: () => {
        if (file.owner === owner) file.owner = undefined;
        return Promise.resolve();
      },
    });
  }

  #file(path: string): FakeFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const file = { bytes: new Uint8Array(0), synced: new Uint8Array(0), owner: undefined };
    this.files.set(path, file);
    return file;
  }
}
