// AssemblyScript, not TypeScript: built to assets/kernel.wasm by `deno task build:kernel`.
//
// Hands the counts over, sorted: the slots become pairs (beginning of the key, entry).

import { OUTPUT, OUTPUT_BYTES, reserve, SLOTS } from "./layout";
import { after, arena, arenaEnd, HEAD } from "./table";

let item: usize = SLOTS;
let itemsEnd: usize = SLOTS;
/** Entry that is too large for the output. */
let large: usize = 0;
let records: i32 = 0;

export function largeKey(): usize {
  return large + HEAD;
}
export function largeLength(): u32 {
  return load<u32>(large, 12);
}
export function largeCount(): f64 {
  return <f64>load<u64>(large);
}
export function recordsWritten(): i32 {
  return records;
}

/** Gives each entry its partition, in the place of its hash. The slots are no more. */
export function partitionAll(count: u32): void {
  for (let entry = arena; entry < arenaEnd; entry = after(entry)) {
    store<u32>(entry, partitionHash(entry + HEAD, load<u32>(entry, 12)) % count, 8);
  }
}

export function partitionHash(at: usize, length: u32): u32 {
  let hash: u32 = 0x811c9dc5;
  for (const end = at + length; at < end; at++) hash = (hash ^ load<u8>(at)) * 0x01000193;
  hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
  return hash ^ (hash >>> 16);
}

/** Sorts the keys of a partition; memory is free behind the arena and `behind` bytes. */
export function sortKeys(number: u32, behind: usize): void {
  let end = SLOTS;
  for (let entry = arena; entry < arenaEnd; entry = after(entry)) {
    if (load<u32>(entry, 8) != number) continue;
    // A short key is followed by zeros.
    store<u64>(end, bswap(load<u64>(entry, 16)));
    store<u64>(end, <u64>entry, 8);
    end += 16;
  }
  item = SLOTS;
  itemsEnd = end;
  const spare = (arenaEnd + behind + 15) & ~15;
  reserve(spare + ((end - SLOTS) >>> 1) + 16);
  sort(SLOTS, end, spare);
}

function sort(start: usize, end: usize, spare: usize): void {
  if (end - start <= 16 * 12) {
    for (let i = start + 16; i < end; i += 16) {
      const moved = v128.load(i);
      let at = i;
      while (at > start && isBefore(i64x2.extract_lane(moved, 0), <usize>i64x2.extract_lane(moved, 1), at - 16)) {
        v128.store(at, v128.load(at - 16));
        at -= 16;
      }
      v128.store(at, moved);
    }
    return;
  }
  const middle = start + (((end - start) >>> 5) << 4);
  sort(start, middle, spare);
  sort(middle, end, spare);
  if (!isBefore(load<u64>(middle), <usize>load<u64>(middle, 8), middle - 16)) return;
  memory.copy(spare, start, middle - start);
  let left = spare;
  const leftEnd = spare + (middle - start);
  let right = middle;
  let to = start;
  while (left < leftEnd && right < end) {
    if (isBefore(load<u64>(right), <usize>load<u64>(right, 8), left)) {
      v128.store(to, v128.load(right));
      right += 16;
    } else {
      v128.store(to, v128.load(left));
      left += 16;
    }
    to += 16;
  }
  memory.copy(to, left, leftEnd - left);
}

/** Whether the key with this prefix and entry comes before that of the pair at `other`. */
@inline
function isBefore(prefix: u64, entry: usize, other: usize): bool {
  const otherPrefix = load<u64>(other);
  return prefix != otherPrefix ? prefix < otherPrefix : isLess(entry, <usize>load<u64>(other, 8));
}

function isLess(a: usize, b: usize): bool {
  const aLength = load<u32>(a, 12);
  const bLength = load<u32>(b, 12);
  const both = min(aLength, bLength);
  let i: u32 = 0;
  for (; i + 8 <= both; i += 8) {
    const left = load<u64>(a + i, 16);
    const right = load<u64>(b + i, 16);
    if (left != right) return bswap(left) < bswap(right);
  }
  for (; i < both; i++) {
    const left = load<u8>(a + i, 16);
    const right = load<u8>(b + i, 16);
    if (left != right) return left < right;
  }
  return aLength < bLength;
}

/**
 * Writes entries of the sorted partition to the output as a run holds them, as many as there is
 * room for. Gives the bytes; 0 at the end, and -1 where an entry is too large to be written here.
 */
export function encode(): i32 {
  let to = OUTPUT;
  records = 0;
  while (item < itemsEnd) {
    const entry = <usize>load<u64>(item, 8);
    const length = load<u32>(entry, 12);
    if (length > 32768) {
      if (records > 0) break;
      large = entry;
      item += 16;
      return -1;
    }
    if (to + length + 32 > OUTPUT + OUTPUT_BYTES) break;
    to = writeVarint(to, length);
    memory.copy(to, entry + HEAD, length);
    to += length;
    to = writeCount(to, load<u64>(entry));
    records++;
    item += 16;
  }
  return <i32>(to - OUTPUT);
}

function writeVarint(to: usize, value: u32): usize {
  for (; value >= 0x80; value >>>= 7) store<u8>(to++, value | 0x80);
  store<u8>(to, value);
  return to + 1;
}

/** Writes the number of digits, then the digits. */
function writeCount(to: usize, count: u64): usize {
  let digits: usize = 1;
  for (let rest = count; rest >= 10; rest /= 10) digits++;
  store<u8>(to, digits);
  for (let at = to + digits; at > to; at--) {
    store<u8>(at, 0x30 + count % 10);
    count /= 10;
  }
  return to + 1 + digits;
}
