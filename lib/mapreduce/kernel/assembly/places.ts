// AssemblyScript, not TypeScript: built to assets/kernel.wasm by `deno task build:kernel`.

import { INPUT, PLACES } from "./layout";

/** The next place to be read, and where the places end. */
export let place: usize = PLACES;
export let placesEnd: usize = PLACES;

export function setPlace(to: usize): void {
  place = to;
}

/** Makes A to Z small in the input, from `start` to `end`. */
export function fold(start: i32, end: i32): void {
  for (let at = INPUT + start; at < INPUT + end; at += 16) {
    const bytes = v128.load(at);
    const isUpper = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x41)), i8x16.splat(26));
    v128.store(at, v128.or(bytes, v128.and(isUpper, i8x16.splat(0x20))));
  }
}

@inline
function spacesAt(at: usize): u64 {
  const bytes = v128.load(at);
  const isSpace = i8x16.eq(bytes, i8x16.splat(0x20));
  const isControl = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(5));
  return <u64>i8x16.bitmask(v128.or(isSpace, isControl));
}

@inline
export function isSpaceAt(at: usize): bool {
  const byte = load<u8>(at);
  return byte == 0x20 || <u8>(byte - 9) < 5;
}

/** Writes where tokens begin and end, in turn. */
export function findPlaces(from: i32, until: i32): void {
  let to = PLACES;
  let before: u64 = 1;
  for (let at = from; at < until; at += 64) {
    const address = INPUT + at;
    let spaces = spacesAt(address) | (spacesAt(address + 16) << 16) |
      (spacesAt(address + 32) << 32) | (spacesAt(address + 48) << 48);
    if (until - at < 64) spaces |= ~(<u64>0) << (until - at);
    let changes = spaces ^ ((spaces << 1) | before);
    before = spaces >>> 63;
    const end = to + 4 * <usize>popcnt(changes);
    while (changes != 0) {
      // More than there are, and all in a row: cheaper than to ask after each.
      store<i32>(to, at + <i32>ctz(changes));
      changes &= changes - 1;
      store<i32>(to, at + <i32>ctz(changes), 4);
      changes &= changes - 1;
      store<i32>(to, at + <i32>ctz(changes), 8);
      changes &= changes - 1;
      store<i32>(to, at + <i32>ctz(changes), 12);
      changes &= changes - 1;
      to += 16;
    }
    to = end;
  }
  if (before == 0) {
    store<i32>(to, until);
    to += 4;
  }
  place = PLACES;
  placesEnd = to;
}
