import type { LockedFile, StateFiles } from "../lib/transport/session/state_files.ts";

/** State files in a map; who has one open has it alone. */
export class FakeStateFiles implements StateFiles {
  /** What the files hold. */
  readonly contents = new Map<string, Uint8Array>();
  readonly #open = new Set<string>();

  open(path: string): Promise<LockedFile | undefined> {
    if (this.#open.has(path)) return Promise.resolve(undefined);
    this.#open.add(path);
    const bytes = () => this.contents.get(path) ?? new Uint8Array();
    const done = Promise.resolve();
    return Promise.resolve({
      read: () => Promise.resolve(bytes().slice()),
      append: (more: Uint8Array) => {
        this.contents.set(path, Uint8Array.of(...bytes(), ...more));
        return done;
      },
      sync: () => done,
      replace: (all: Uint8Array) => {
        this.contents.set(path, all.slice());
        return done;
      },
      setAside: (bad: Uint8Array) => {
        this.contents.set(`${path}.damaged`, bad.slice());
        return Promise.resolve(`${path}.damaged`);
      },
      [Symbol.asyncDispose]: () => {
        this.#open.delete(path);
        return done;
      },
    });
  }
}
