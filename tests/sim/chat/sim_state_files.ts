/** State files on a machine: what was written outlives a kill, what was synced a loss of power, too. */
// @ts-types="../../../lib/types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
import type { LockedFile, StateFiles } from "../../../lib/transport/session/state_files.ts";
import type { Random } from "../../random.ts";
import type { SimProcess } from "../core/sim_process.ts";

interface Kept {
  /** What a process reads. */
  written: Uint8Array;
  /** What would be there after a loss of power; a beginning of `written`. */
  synced: Uint8Array;
  holder: SimProcess | undefined;
}

/** How much of a file may be zeros after a loss of power: its size was written, not its end. */
const MAX_ZEROS = 40;

/** State files on a machine. */
export class SimStateFiles {
  readonly #files = new Map<string, Kept>();
  readonly #random: Random;
  /** The last write has failed. */
  isFailing = false;
  /** A bug: `sync` does nothing. */
  readonly #neverSyncs: boolean;

  constructor(random: Random, neverSyncs = false) {
    this.#random = random;
    this.#neverSyncs = neverSyncs;
  }

  /** The power is lost: of what was not synced, some may be there. */
  losePower(): void {
    for (const file of this.#files.values()) {
      const { written, synced } = file;
      const torn = written.subarray(0, this.#random.between(synced.length, written.length));
      const missing = written.length - torn.length;
      const zeros = this.#random.oneIn(3) ? Math.min(missing, this.#random.below(MAX_ZEROS)) : 0;
      file.written = file.synced = concat([torn, new Uint8Array(zeros)]);
    }
  }

  /** The files as a process sees them. */
  forProcess(process: SimProcess): StateFiles {
    return {
      open: (path) => {
        let file = this.#files.get(path);
        if (file === undefined) {
          file = { written: new Uint8Array(0), synced: new Uint8Array(0), holder: undefined };
          this.#files.set(path, file);
        }
        if (file.holder !== undefined && !file.holder.isDead) return Promise.resolve(undefined);
        file.holder = process;
        this.isFailing = false;
        return Promise.resolve(this.#open(file, process));
      },
    };
  }

  #open(file: Kept, process: SimProcess): LockedFile {
    const { disk } = process.machine;
    const full = () => new Error("no space left on device");
    const commit = (apply: () => void, whenFull: () => void = () => {}) =>
      process.guard(disk.commit(
        () => Promise.resolve(apply()),
        () => {
          this.isFailing = true;
          whenFull();
          return full();
        },
      ));
    return {
      read: () => Promise.resolve(file.written.slice()),
      append: (bytes) => {
        const copy = bytes.slice();
        return commit(
          () => void (file.written = concat([file.written, copy])),
          () => {
            const some = copy.subarray(0, this.#random.below(copy.length));
            file.written = concat([file.written, some]);
          },
        );
      },
      sync: () =>
        commit(() => {
          if (!this.#neverSyncs) file.synced = file.written;
        }),
      replace: (bytes) => {
        const copy = bytes.slice();
        return commit(() => {
          this.isFailing = false; // what had failed is written whole
          file.written = copy;
          file.synced = this.#neverSyncs ? file.synced.subarray(0, 0) : copy;
        });
      },
      setAside: () => Promise.resolve("aside"),
      [Symbol.asyncDispose]: () => {
        if (file.holder === process) file.holder = undefined;
        return Promise.resolve();
      },
    };
  }
}
