import { compareBytes } from "./compare_bytes.ts";

/** Keys that lie in one buffer, each with its number. */
export interface Keys {
  readonly bytes: Uint8Array;
  /** Where each key begins and ends. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The beginning of each key as a number, by `keyPrefix`. */
  readonly prefixes: Float64Array;
}

/** Parts up to this length are sorted by insertion. */
const SHORT = 12;

/** Sorts the numbers in `order` by their keys' bytes; equal keys keep their order. */
export function sortKeys(order: Uint32Array, keys: Keys): void {
  mergeSort(order, new Uint32Array(order.length), 0, order.length, keys);
}

function mergeSort(
  order: Uint32Array,
  spare: Uint32Array,
  start: number,
  end: number,
  keys: Keys,
): void {
  if (end - start <= SHORT) return insertionSort(order, start, end, keys);
  const middle = (start + end) >>> 1;
  mergeSort(order, spare, start, middle, keys);
  mergeSort(order, spare, middle, end, keys);
  if (!isAfter(keys, order[middle - 1] as number, order[middle] as number)) return;
  spare.set(order.subarray(start, middle), start);
  let left = start;
  let right = middle;
  let at = start;
  while (left < middle && right < end) {
    const isRight = isAfter(keys, spare[left] as number, order[right] as number);
    order[at++] = (isRight ? order[right++] : spare[left++]) as number;
  }
  order.set(spare.subarray(left, middle), at);
}

function insertionSort(order: Uint32Array, start: number, end: number, keys: Keys): void {
  for (let i = start + 1; i < end; i++) {
    const moved = order[i] as number;
    let at = i;
    for (; at > start && isAfter(keys, order[at - 1] as number, moved); at--) {
      order[at] = order[at - 1] as number;
    }
    order[at] = moved;
  }
}

function isAfter({ bytes, starts, ends, prefixes }: Keys, a: number, b: number): boolean {
  const difference = (prefixes[a] as number) - (prefixes[b] as number);
  if (difference !== 0) return difference > 0;
  return compareBytes(
    bytes,
    starts[a] as number,
    ends[a] as number,
    bytes,
    starts[b] as number,
    ends[b] as number,
  ) > 0;
}
