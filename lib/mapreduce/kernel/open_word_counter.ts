import { PlainWordCounter } from "./plain_word_counter.ts";
import { UnicodeWordCounter } from "./unicode_word_counter.ts";
import { WasmWordCounter } from "./wasm_word_counter.ts";
import type { WordCounter } from "./word_counter.ts";
import type { WordCounterOptions } from "./word_counter_options.ts";

/** Smallest memory of a counter, in bytes. */
const MIN_MEMORY_BYTES = 64 * 1024;

/**
 * Makes a counter of words. Both kernels give the same bytes.
 *
 * @throws RangeError if `memoryBytes` is below 64 KiB.
 */
export function openWordCounter(options: WordCounterOptions): WordCounter {
  const { kernel, tokens, foldCase, memoryBytes } = options;
  if (!(memoryBytes >= MIN_MEMORY_BYTES)) {
    throw new RangeError(
      `A counter of words needs at least 64 KiB of memory, not ${memoryBytes} B`,
    );
  }
  const foldsAscii = foldCase && tokens === "whitespace";
  const counter = kernel === "wasm"
    ? new WasmWordCounter(memoryBytes, foldsAscii)
    : new PlainWordCounter(memoryBytes, foldsAscii);
  return tokens === "unicode" ? new UnicodeWordCounter(counter, foldCase) : counter;
}
