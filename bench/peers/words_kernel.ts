/**
 * The kernel of word counting alone, on bytes in memory: what a mapper does with the text that it is
 * given, up to the table of counts.
 *
 * ```text
 *   words_kernel.ts wasm|plain FILE PASSES    prints {"megabytesPerSecond":[…],"words":…,"tokens":…}
 * ```
 */
import { openWordCounter } from "../../lib/mapreduce/kernel/open_word_counter.ts";
import type { Kernel } from "../../lib/mapreduce/kernel/word_counter_options.ts";
import { print } from "../print.ts";

/** As large as the parts that the input gives. */
const PART_BYTES = 64 * 1024;
const MEMORY_BYTES = 1024 * 1024 * 1024;

const [kernel, file = "", passes] = Deno.args;
const bytes = Deno.readFileSync(file);
const megabytesPerSecond: number[] = [];
let words = 0;
let tokens = 0;
for (let pass = 0; pass < Number(passes); pass++) {
  const counter = openWordCounter({
    kernel: kernel as Kernel,
    tokens: "whitespace",
    foldCase: false,
    memoryBytes: MEMORY_BYTES,
  });
  const startMs = performance.now();
  for (let at = 0; at < bytes.length; at += PART_BYTES) {
    counter.feed(bytes.subarray(at, at + PART_BYTES), at + PART_BYTES >= bytes.length);
  }
  megabytesPerSecond.push(bytes.length / 1e3 / (performance.now() - startMs));
  words = counter.size;
  tokens = counter.tokens;
}
print(JSON.stringify({ megabytesPerSecond, words, tokens }));
