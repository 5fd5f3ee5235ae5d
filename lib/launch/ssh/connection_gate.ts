/**
 * Keeps launchers from being shut out. An sshd lets in 10 connections that have not logged in yet and
 * refuses some of those beyond (`MaxStartups 10:30:100`), whoever they are from; and each ssh that
 * connects costs a core some 10 ms of arithmetic on this machine.
 *
 * 1. At most `perDoor` connections to one door and `overall` ones altogether log in at a time.
 * 2. Who waits longest comes first, but for those whose door is full: they hold up nobody else.
 * 3. Who takes long counts for its door alone: dead machines do not keep others waiting.
 */
import type { Clock } from "../../clock/clock.ts";

/** Limits of a {@linkcode ConnectionGate}. */
export interface ConnectionGateOptions {
  readonly clock: Clock;
  /** @default {8} */
  readonly perDoor?: number;
  /** @default {16} */
  readonly overall?: number;
  /** After this time a connection counts for its door alone, in milliseconds. @default {2000} */
  readonly longMs?: number;
}

interface Waiting {
  readonly door: string;
  readonly enter: () => void;
}

/** Lets connections begin. */
export class ConnectionGate {
  readonly #options: Required<ConnectionGateOptions>;
  readonly #inDoors = new Map<string, number>();
  #waiting: Waiting[] = [];
  #quick = 0;

  constructor(options: ConnectionGateOptions) {
    this.#options = { perDoor: 8, overall: 16, longMs: 2000, ...options };
  }

  /**
   * Waits for its turn.
   *
   * @returns disposed when it has logged in, or failed; twice does no harm
   * @throws the signal's reason
   */
  enter(door: string, signal: AbortSignal): Promise<Disposable> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        door,
        enter: () => {
          signal.removeEventListener("abort", onAbort);
          resolve(this.#begin(door));
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  #begin(door: string): Disposable {
    const { clock, longMs } = this.#options;
    this.#inDoors.set(door, (this.#inDoors.get(door) ?? 0) + 1);
    this.#quick++;
    let isQuick = true;
    let isInside = true;
    const endQuick = () => {
      if (isQuick) this.#quick--;
      isQuick = false;
    };
    const timer = clock.after(longMs, () => {
      endQuick();
      this.#admit();
    });
    return {
      [Symbol.dispose]: () => {
        if (!isInside) return;
        isInside = false;
        timer.cancel();
        endQuick();
        const left = (this.#inDoors.get(door) ?? 1) - 1;
        if (left > 0) this.#inDoors.set(door, left);
        else this.#inDoors.delete(door);
        this.#admit();
      },
    };
  }

  #admit(): void {
    const { perDoor, overall } = this.#options;
    const still: Waiting[] = [];
    const before = this.#waiting;
    this.#waiting = [];
    for (const each of before) {
      const isFree = this.#quick < overall && (this.#inDoors.get(each.door) ?? 0) < perDoor;
      if (isFree) each.enter();
      else still.push(each);
    }
    this.#waiting = [...still, ...this.#waiting];
  }
}
