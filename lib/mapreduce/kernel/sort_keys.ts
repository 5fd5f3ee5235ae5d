import { compareBytes } from "./compare_bytes.ts";
import { keyPrefix, PREFIX_BYTES } from "./key_prefix.ts";

/** Keys that lie in one buffer, each with its number. */
export interface Keys {
  readonly bytes: Uint8Array;
  /** Where each key begins and ends. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Keys whose first `depth` bytes are the same, at the places `start` to `end`. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/** Parts up to this length are sorted by insertion. */
const SHORT = 12;

/**
 * Sorts the numbers in `order` by their keys' bytes; equal keys keep their order.
 *
 * Six bytes of all keys at a time, which lie beside each other as numbers then: keys that are looked
 * up for each comparison are all over the memory, and waiting for it takes most of the time.
 */
export function sortKeys(order: Uint32Array, keys: Keys): void {
  const { bytes, starts, ends } = keys;
  const prefixes = new PrefixSorter(order);
  // A list: as calls, long keys that are alike would go too deep.
  const parts: Part[] = [{ start: 0, end: order.length, depth: 0 }];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { start, end, depth } = part;
    if (end - start <= SHORT) {
      insertionSort(order, part, keys);
      continue;
    }
    for (let at = start; at < end; at++) {
      const key = order[at] as number;
      const prefix = keyPrefix(bytes, starts[key] as number + depth, ends[key] as number);
      prefixes.values[at] = prefix;
    }
    prefixes.sort(start, end);
    for (let at = start; at < end;) {
      const first = at;
      const prefix = prefixes.values[at];
      while (++at < end && prefixes.values[at] === prefix);
      if (at - first === 1) continue;
      const key = order[first] as number;
      const isLonger = ends[key] as number - (starts[key] as number) - depth > PREFIX_BYTES;
      if (isLonger) parts.push({ start: first, end: at, depth: depth + PREFIX_BYTES });
    }
  }
}

/** Sorts numbers of keys by prefixes that stand at the same places: by merging, which is stable. */
class PrefixSorter {
  readonly values: Float64Array;
  readonly #order: Uint32Array;
  /** Room for the left half of what is merged. */
  readonly #leftValues: Float64Array;
  readonly #leftOrder: Uint32Array;

  constructor(order: Uint32Array) {
    this.values = new Float64Array(order.length);
    this.#order = order;
    this.#leftValues = new Float64Array(order.length >>> 1);
    this.#leftOrder = new Uint32Array(order.length >>> 1);
  }

  sort(start: number, end: number): void {
    if (end - start <= SHORT) return this.#insert(start, end);
    const middle = (start + end) >>> 1;
    this.sort(start, middle);
    this.sort(middle, end);
    const { values } = this;
    if ((values[middle - 1] as number) > (values[middle] as number)) {
      this.#merge(start, middle, end);
    }
  }

  #merge(start: number, middle: number, end: number): void {
    const values = this.values;
    const order = this.#order;
    const leftValues = this.#leftValues;
    const leftOrder = this.#leftOrder;
    const length = middle - start;
    leftValues.set(values.subarray(start, middle));
    leftOrder.set(order.subarray(start, middle));
    let left = 0;
    let right = middle;
    let at = start;
    for (; left < length && right < end; at++) {
      const isRight = (leftValues[left] as number) > (values[right] as number);
      values[at] = (isRight ? values[right] : leftValues[left]) as number;
      order[at] = (isRight ? order[right++] : leftOrder[left++]) as number;
    }
    values.set(leftValues.subarray(left, length), at);
    order.set(leftOrder.subarray(left, length), at);
  }

  #insert(start: number, end: number): void {
    const values = this.values;
    const order = this.#order;
    for (let i = start + 1; i < end; i++) {
      const value = values[i] as number;
      const moved = order[i] as number;
      let at = i;
      for (; at > start && (values[at - 1] as number) > value; at--) {
        values[at] = values[at - 1] as number;
        order[at] = order[at - 1] as number;
      }
      values[at] = value;
      order[at] = moved;
    }
  }
}

function insertionSort(order: Uint32Array, { start, end, depth }: Part, keys: Keys): void {
  for (let i = start + 1; i < end; i++) {
    const moved = order[i] as number;
    let at = i;
    for (; at > start && isAfter(keys, order[at - 1] as number, moved, depth); at--) {
      order[at] = order[at - 1] as number;
    }
    order[at] = moved;
  }
}

function isAfter({ bytes, starts, ends }: Keys, a: number, b: number, depth: number): boolean {
  return compareBytes(
    bytes,
    starts[a] as number + depth,
    ends[a] as number,
    bytes,
    starts[b] as number + depth,
    ends[b] as number,
  ) > 0;
}
