import type { MemberStart } from "./chunk.ts";

/** Tells where something that was unpacked begins in the input. */
export class OffsetMap {
  readonly #startByte: number;
  readonly #isGzip: boolean;
  #starts: MemberStart[] = [];

  /** @param startByte first byte of the split */
  constructor(startByte: number, isGzip: boolean) {
    this.#startByte = startByte;
    this.#isGzip = isGzip;
  }

  /**
   * Notes members; they follow those that were noted before.
   *
   * @param oldest nothing in front of it will be asked for any more
   */
  add(starts: readonly MemberStart[], oldest: number): void {
    if (starts.length === 0) return;
    this.#starts = [...this.#starts.slice(Math.max(0, this.#indexOf(oldest))), ...starts];
  }

  /** Byte of the input; of gzip, where the member begins. */
  stored(unpacked: number): number {
    if (!this.#isGzip) return this.#startByte + unpacked;
    return this.#starts[this.#indexOf(unpacked)]?.stored ?? this.#startByte;
  }

  /** Whether a member begins exactly there. */
  isStart(unpacked: number): boolean {
    return this.#starts[this.#indexOf(unpacked)]?.unpacked === unpacked;
  }

  /** Index of the last member that begins at or in front of a byte; -1: none. */
  #indexOf(unpacked: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as MemberStart).unpacked <= unpacked) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
