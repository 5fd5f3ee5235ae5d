import { MAX_COUNT_DIGITS, writeCount } from "./count_value.ts";
import { MAX_VARINT_BYTES, writeVarint } from "./varint.ts";
import { openWasmKernel } from "./wasm_kernel.ts";
import type { WasmKernel } from "./wasm_kernel.ts";
import type { OnEntries, WordCounter } from "./word_counter.ts";

/** Addresses end at 4 GiB, and slots, keys and a long token must find room. */
const MAX_MEMORY_BYTES = 2 * 1024 ** 3;

/** Bytes of a slot of the table. */
const SLOT_BYTES = 8;

/** Counts tokens between white space, in WebAssembly. */
export class WasmWordCounter implements WordCounter {
  readonly #kernel: WasmKernel;
  readonly #input: number;
  readonly #inputBytes: number;
  readonly #foldsAscii: boolean;
  #view: Uint8Array;
  #isFull = false;

  constructor(memoryBytes: number, foldsAscii: boolean) {
    const limit = Math.min(memoryBytes, MAX_MEMORY_BYTES);
    this.#foldsAscii = foldsAscii;
    this.#kernel = openWasmKernel();
    // Half of the slots' number are keys, so they never take half of the memory.
    this.#kernel.init(limit, Math.floor(Math.log2(limit / 2 / SLOT_BYTES)));
    this.#input = this.#kernel.inputAddress();
    this.#inputBytes = this.#kernel.inputBytes();
    this.#view = new Uint8Array(this.#kernel.memory.buffer);
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get used(): number {
    return this.#kernel.used();
  }

  get size(): number {
    return this.#kernel.size();
  }

  get tokens(): number {
    return this.#kernel.tokens();
  }

  feed(bytes: Uint8Array, isLast: boolean): number {
    const kernel = this.#kernel;
    if (this.#isFull) {
      this.#isFull = kernel.resume() === 1;
      if (this.#isFull) return 0;
    }
    let at = 0;
    do {
      const kept = kernel.kept();
      const end = Math.min(bytes.length, at + this.#inputBytes - kept);
      const whole = at === 0 && end === bytes.length;
      this.#memory().set(whole ? bytes : bytes.subarray(at, end), this.#input + kept);
      const length = kept + end - at;
      if (this.#foldsAscii) kernel.fold(kept, length);
      at = end;
      this.#isFull = kernel.feed(length, Number(isLast && end === bytes.length)) === 1;
    } while (!this.#isFull && at < bytes.length);
    return at;
  }

  drain(partitions: number, onEntries: OnEntries): void {
    const kernel = this.#kernel;
    const output = kernel.outputAddress();
    kernel.partitionAll(partitions);
    for (let partition = 0; partition < partitions; partition++) {
      kernel.sortPartition(partition);
      for (let end = kernel.encode(); end !== 0; end = kernel.encode()) {
        if (end < 0) {
          onEntries(partition, this.#largeEntry(), 1);
        } else {
          const entries = this.#memory().subarray(output, output + end);
          onEntries(partition, entries, kernel.recordsWritten());
        }
      }
    }
    kernel.clear();
  }

  /** An entry whose key is too large for the kernel's output. */
  #largeEntry(): Uint8Array {
    const start = this.#kernel.largeKey();
    // A number of WebAssembly is signed.
    const length = this.#kernel.largeLength() >>> 0;
    const entry = new Uint8Array(length + MAX_VARINT_BYTES + 1 + MAX_COUNT_DIGITS);
    const at = writeVarint(entry, 0, length);
    entry.set(this.#memory().subarray(start, start + length), at);
    const end = writeCount(entry, at + length + 1, this.#kernel.largeCount());
    entry[at + length] = end - at - length - 1;
    return entry.subarray(0, end);
  }

  /** The kernel's memory, which moves when it grows. */
  #memory(): Uint8Array {
    if (this.#view.length === 0) this.#view = new Uint8Array(this.#kernel.memory.buffer);
    return this.#view;
  }
}
