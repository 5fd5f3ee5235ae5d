// AssemblyScript, not TypeScript: built to assets/kernel.wasm by `deno task build:kernel`.
//
// The table of counts. Slots are u64: the hash above, the address of the key's entry below; 0 is free.
// At most half are taken. An entry of the arena is
//
//   count u64 | hash u32 | length u32 | key, at least 16 bytes, up to a multiple of 16
//
// and a key of up to 16 bytes is followed by zeros, so that it is hashed and compared as one vector.

import { reserve, SLOTS, WINDOW } from "./layout";

export const HEAD: usize = 16;
/** Memory that sorting takes for each key besides the slots. */
const SORT_BYTES: usize = 8;
const FIRST_BITS: u32 = 12;
const K1: u64 = 0x9e3779b97f4a7c15;
const K2: u64 = 0xff51afd7ed558ccd;

export let arena: usize = 0;
export let arenaEnd: usize = 0;
export let keys: i32 = 0;
let bits: u32 = FIRST_BITS;
let limitBytes: usize = 0;

export function initTable(memoryBytes: u32, maxBits: u32): void {
  limitBytes = memoryBytes;
  arena = SLOTS + (<usize>8 << maxBits);
  arenaEnd = arena;
  reserve(arena + 65536);
}

// Addresses lie below 4 GiB, and the host keeps the limit far from it.
@inline
export function usedBytes(): usize {
  return (<usize>8 << bits) + (arenaEnd - arena) + <usize>keys * SORT_BYTES;
}

export function clearTable(): void {
  arenaEnd = arena;
  keys = 0;
  memory.fill(SLOTS, 0, <usize>8 << bits);
}

@inline
function mix(low: u64, high: u64, seed: u64): u64 {
  const mixed = (low ^ rotl(high * K1, 29) ^ seed) * K2;
  return mixed ^ (mixed >>> 32);
}

function hashLong(at: usize, length: usize): u32 {
  let hash: u64 = length;
  const end = at + length - 16;
  for (; at < end; at += 16) hash = mix(load<u64>(at), load<u64>(at, 8), hash);
  return <u32>(mix(load<u64>(end), load<u64>(end, 8), hash) * K1 >>> 32);
}

function isSame(a: usize, b: usize, length: usize): bool {
  const last = length - 16;
  for (let at: usize = 0; at < last; at += 16) {
    if (v128.any_true(v128.xor(v128.load(a + at), v128.load(b + at)))) return false;
  }
  return !v128.any_true(v128.xor(v128.load(a + last), v128.load(b + last)));
}

/** Counts a key of up to 16 bytes. False if memory is full. */
@inline
export function countShort(start: usize, length: usize): bool {
  const key = v128.and(v128.load(start), v128.load(WINDOW + 16 - length));
  const low = i64x2.extract_lane(key, 0);
  const high = i64x2.extract_lane(key, 1);
  const hash = <u32>(mix(low, high, length << 56) * K1 >>> 32);
  let slot = hash >>> (32 - bits);
  while (true) {
    const found = load<u64>(SLOTS + (<usize>slot << 3));
    const entry = <usize><u32>found;
    if (<u32>(found >>> 32) == hash && entry != 0) {
      const isEqual = !v128.any_true(v128.xor(v128.load(entry, 16), key));
      if (isEqual && load<u32>(entry, 12) == length) {
        store<u64>(entry, load<u64>(entry) + 1);
        return true;
      }
    }
    if (entry == 0) break;
    slot = (slot + 1) & ((1 << bits) - 1);
  }
  const entry = insert(hash, length, 16);
  if (entry == 0) return false;
  v128.store(entry, key, 16);
  return true;
}

/** Counts a key of more than 16 bytes. False if memory is full. */
export function countOther(start: usize, length: usize): bool {
  const hash = hashLong(start, length);
  if (countSame(hash, start, length)) return true;
  const entry = insert(hash, length, (length + 15) & ~15);
  if (entry == 0) return false;
  memory.copy(entry + HEAD, start, length);
  return true;
}

function countSame(hash: u32, start: usize, length: usize): bool {
  let slot = hash >>> (32 - bits);
  while (true) {
    const found = load<u64>(SLOTS + (<usize>slot << 3));
    const entry = <usize><u32>found;
    if (entry == 0) return false;
    if (
      <u32>(found >>> 32) == hash && load<u32>(entry, 12) == length &&
      isSame(entry + HEAD, start, length)
    ) {
      store<u64>(entry, load<u64>(entry) + 1);
      return true;
    }
    slot = (slot + 1) & ((1 << bits) - 1);
  }
}

/** Makes an entry with count 1 at the arena's end; the key is written by the caller. */
function insert(hash: u32, length: usize, room: usize): usize {
  const mustGrow = <u32>(keys + 1) > (<u32>1 << (bits - 1));
  if (keys > 0) {
    const growth = HEAD + room + SORT_BYTES + (mustGrow ? <usize>8 << bits : 0);
    if (usedBytes() + growth > limitBytes) return 0;
  }
  if (mustGrow) growSlots();
  const entry = arenaEnd;
  arenaEnd = entry + HEAD + room;
  reserve(arenaEnd);
  store<u64>(entry, 1);
  store<u32>(entry, hash, 8);
  store<u32>(entry, <u32>length, 12);
  placeEntry(entry, hash);
  keys++;
  return entry;
}

@inline
function placeEntry(entry: usize, hash: u32): void {
  let slot = hash >>> (32 - bits);
  while (load<u64>(SLOTS + (<usize>slot << 3)) != 0) slot = (slot + 1) & ((1 << bits) - 1);
  store<u64>(SLOTS + (<usize>slot << 3), (<u64>hash << 32) | <u64>entry);
}

function growSlots(): void {
  bits++;
  memory.fill(SLOTS, 0, <usize>8 << bits);
  for (let entry = arena; entry < arenaEnd; entry = after(entry)) {
    placeEntry(entry, load<u32>(entry, 8));
  }
}

/** The entry behind an entry. */
@inline
export function after(entry: usize): usize {
  const room = (<usize>load<u32>(entry, 12) + 15) & ~15;
  return entry + HEAD + max<usize>(room, 16);
}

/** Counts a key that stands where its entry would be, so that there is nothing to copy. */
export function countInPlace(length: usize): bool {
  const start = arenaEnd + HEAD;
  const hash = hashLong(start, length);
  return countSame(hash, start, length) || insert(hash, length, (length + 15) & ~15) != 0;
}
