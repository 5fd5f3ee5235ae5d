/** A stream whose other end follows a script: for handshakes and connections without a network. */
import type { Clock } from "../../lib/clock/clock.ts";
import { settle } from "../../lib/clock/fake_clock.ts";
import type { Address, ByteStream } from "../../lib/transport/network.ts";
import { concat } from "./plain_decoder.ts";

/** Bytes that arrive, and at which time. */
export interface Arrival {
  readonly bytes: Uint8Array;
  /** What the clock says from then on. @default {what it said before} */
  readonly atNs?: number;
}

/** Delivers its script and, when that was answered, the end of the stream; keeps what is written. */
export class ScriptedStream implements ByteStream {
  readonly peer: Address = { host: "192.0.2.1", port: 1 };
  /** Reads the time of the newest arrival; nothing that it is asked to do later ever happens. */
  readonly clock: Clock = {
    monotonicNs: () => this.#nowNs,
    wallUs: () => Math.floor(this.#nowNs / 1000),
    after: () => ({ cancel() {} }),
  };
  #nowNs = 0;
  #rest: Uint8Array = new Uint8Array(0);
  readonly #script: Arrival[];
  readonly #written: Uint8Array[] = [];

  constructor(script: readonly Arrival[]) {
    this.#script = [...script];
  }

  /** All bytes that were written. */
  get written(): Uint8Array<ArrayBuffer> {
    return concat(this.#written);
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const arrival = this.#script.shift();
      if (arrival === undefined) {
        await settle();
        return null;
      }
      this.#nowNs = arrival.atNs ?? this.#nowNs;
      this.#rest = arrival.bytes;
    }
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.#written.push(bytes.slice());
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}
