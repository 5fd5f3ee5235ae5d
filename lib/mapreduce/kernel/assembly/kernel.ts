// AssemblyScript, not TypeScript: built to assets/kernel.wasm by `deno task build:kernel`.
//
// The kernel of word counting: what the host calls.

import { sortKeys } from "./hand_over";
import { INPUT, INPUT_BYTES, OUTPUT, reserve, WINDOW } from "./layout";
import { findPlaces, isSpaceAt, place, placesEnd, setPlace } from "./places";
import {
  arena,
  arenaEnd,
  clearTable,
  countInPlace,
  countOther,
  countShort,
  HEAD,
  initTable,
  keys,
  usedBytes,
} from "./table";

export {
  encode,
  largeCount,
  largeKey,
  largeLength,
  partitionAll,
  partitionHash,
  recordsWritten,
} from "./hand_over";
export { fold } from "./places";

/** A token that goes on behind the input and is longer than this moves to the arena. */
const LONG: i32 = 16384;

let counted: f64 = 0;
/** Where the token begins that may go on, and where the input ends. */
let restStart: i32 = 0;
let inputEnd: i32 = 0;
/** Bytes of a long token that stand behind the arena; -1 if there is none. */
let longLength: isize = -1;
let isLongWhole: bool = false;

export function init(memoryBytes: u32, maxBits: u32): void {
  initTable(memoryBytes, maxBits);
  memory.fill(WINDOW, 0xff, 16);
}

export function inputAddress(): usize {
  return INPUT;
}
export function inputBytes(): i32 {
  return INPUT_BYTES;
}
export function outputAddress(): usize {
  return OUTPUT;
}
/** Bytes of the input that are taken: the beginning of a token. */
export function kept(): i32 {
  return inputEnd;
}
export function used(): f64 {
  return <f64>usedBytes();
}
export function size(): i32 {
  return keys;
}
export function tokens(): f64 {
  return counted;
}

/**
 * Takes the input up to `length`, in front of which stands what was kept, and counts.
 * Gives 1 if memory is full: after `clear`, `resume` goes on.
 */
export function feed(length: i32, isLast: bool): i32 {
  inputEnd = length;
  let from = 0;
  if (longLength >= 0) {
    while (from < length && !isSpaceAt(INPUT + from)) from++;
    appendLong(INPUT, from);
    isLongWhole = from < length || isLast;
  }
  let until = length;
  if (!isLast) while (until > from && !isSpaceAt(INPUT + until - 1)) until--;
  restStart = until;
  findPlaces(from, until);
  return resume();
}

/** Goes on after `feed` or after `clear`. */
export function resume(): i32 {
  if (longLength >= 0 && isLongWhole) {
    if (!countLong()) return 1;
    longLength = -1;
    isLongWhole = false;
  }
  if (!countPlaces()) return 1;
  const rest = inputEnd - restStart;
  if (rest > LONG) {
    longLength = 0;
    appendLong(INPUT + restStart, rest);
    inputEnd = 0;
  } else {
    if (rest > 0 && restStart > 0) memory.copy(INPUT, INPUT + restStart, rest);
    inputEnd = rest;
  }
  restStart = 0;
  return 0;
}

function countPlaces(): bool {
  let at = place;
  const end = placesEnd;
  while (at < end) {
    const start = INPUT + load<i32>(at);
    const length = INPUT + load<i32>(at, 4) - start;
    const isCounted = length <= 16 ? countShort(start, length) : countOther(start, length);
    if (!isCounted) {
      counted += <f64>((at - place) >>> 3);
      setPlace(at);
      return false;
    }
    at += 8;
  }
  counted += <f64>((end - place) >>> 3);
  setPlace(end);
  return true;
}

function appendLong(from: usize, length: i32): void {
  const to = arenaEnd + HEAD + <usize>longLength;
  reserve(to + <usize>length);
  memory.copy(to, from, length);
  longLength += length;
}

function countLong(): bool {
  if (!countInPlace(<usize>longLength)) return false;
  counted += 1;
  return true;
}

/** Sorts the keys of a partition. */
export function sortPartition(number: u32): void {
  sortKeys(number, HEAD + <usize>max<isize>(longLength, 0));
}

/** Forgets all keys, but not a token that goes on. */
export function clear(): void {
  if (longLength >= 0) memory.copy(arena + HEAD, arenaEnd + HEAD, <usize>longLength);
  clearTable();
}
