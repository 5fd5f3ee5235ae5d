import type { LineRing } from "./line_ring.ts";

/** Most bytes that the last lines of all rooms take together, about. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The rings of all rooms that hold something. When they are too much together, those are emptied in
 * which nothing was said for the longest time: what they held is read from the store.
 */
export class RingShelf {
  readonly #maxBytes: number;
  /** What each holds; the one that got a line last at the end. */
  readonly #held = new Map<LineRing, number>();
  #bytes = 0;

  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** What all hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A ring has got lines. */
  grown(ring: LineRing): void {
    this.#forget(ring);
    this.#held.set(ring, ring.bytes);
    this.#bytes += ring.bytes;
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === ring) return;
      this.clear(oldest);
    }
  }

  /** Empties a ring. */
  clear(ring: LineRing): void {
    this.#forget(ring);
    ring.clear();
  }

  #forget(ring: LineRing): void {
    this.#bytes -= this.#held.get(ring) ?? 0;
    this.#held.delete(ring);
  }
}
