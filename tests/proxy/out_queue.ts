/** What is on its way in one direction, by the time at which it is due. Pure. */

/** Something on its way. All but `frame` and `bytes` is the last that goes out. */
export interface Parcel {
  readonly type: "frame" | "bytes" | "cut" | "end" | "reset";
  readonly bytes: Uint8Array;
}

interface Entry {
  readonly parcel: Parcel;
  readonly dueNs: number;
}

/** Times closer than this are the same: sums of milliseconds and nanoseconds are not exact. */
const SAME_NS = 1;

/** A queue by due time; what is due at the same time keeps its order. */
export class OutQueue {
  readonly #entries: Entry[] = [];
  #lastInOrderNs = 0;
  #lastNs = 0;

  /** When the first one is due, or `undefined` when it is empty. */
  get nextDueNs(): number | undefined {
    return this.#entries[0]?.dueNs;
  }

  /**
   * Adds a parcel.
   *
   * @param dueNs when it is due, unless one in front of it is due later
   * @param lateNs how much later than in its place it goes out
   */
  push(parcel: Parcel, dueNs: number, lateNs = 0): void {
    this.#lastInOrderNs = Math.max(this.#lastInOrderNs, dueNs);
    this.#insert(parcel, this.#lastInOrderNs + lateNs);
  }

  /** Adds a parcel behind all others, the late ones included. */
  pushLast(parcel: Parcel, dueNs: number): void {
    this.#insert(parcel, Math.max(this.#lastNs, dueNs));
  }

  /** Takes what is due, up to `maxBytes` but at least one, and nothing behind a last one. */
  take(nowNs: number, maxBytes: number): Parcel[] {
    let count = 0;
    let bytes = 0;
    for (const { parcel, dueNs } of this.#entries) {
      bytes += parcel.bytes.length;
      if (dueNs > nowNs + SAME_NS || (count > 0 && bytes > maxBytes)) break;
      count++;
      if (parcel.type !== "frame" && parcel.type !== "bytes") break;
    }
    return this.#entries.splice(0, count).map(({ parcel }) => parcel);
  }

  /** Takes everything, due or not. */
  takeAll(): Parcel[] {
    return this.#entries.splice(0).map(({ parcel }) => parcel);
  }

  #insert(parcel: Parcel, dueNs: number): void {
    this.#lastNs = Math.max(this.#lastNs, dueNs);
    let low = 0;
    for (let high = this.#entries.length; low < high;) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as Entry).dueNs <= dueNs) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, { parcel, dueNs });
  }
}
