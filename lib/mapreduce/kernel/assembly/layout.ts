// AssemblyScript, not TypeScript: built to assets/kernel.wasm by `deno task build:kernel`.
//
// What lies where in memory, from low to high: the window that masks are loaded from, the places where
// tokens begin and end, the input, the output, the slots of the table, the arena of the keys.

/** 16 bytes of ones, then 16 of zeros: the mask for n bytes begins 16 - n bytes in. */
export const WINDOW: usize = 1024;
export const INPUT_BYTES: i32 = 49152;
export const PLACES: usize = 2048;
export const INPUT: usize = PLACES + 4 * (<usize>INPUT_BYTES + 128);
/** Vectors are read over the end of the input and of keys. */
export const SLACK: usize = 128;
export const OUTPUT: usize = INPUT + <usize>INPUT_BYTES + SLACK;
export const OUTPUT_BYTES: usize = 65536;
export const SLOTS: usize = (OUTPUT + OUTPUT_BYTES + 65535) & ~65535;

/** Makes memory that is good up to `end`. */
export function reserve(end: usize): void {
  const pages = <i32>((end + SLACK + 65535) >>> 16) - memory.size();
  // By large steps: growing is not cheap.
  if (pages > 0 && memory.grow(max(pages, 64)) < 0) {
    if (memory.grow(pages) < 0) unreachable();
  }
}
