import type { Combine } from "./combine.ts";
import { compareBytes } from "./compare_bytes.ts";
import { MAX_COUNT_DIGITS, writeCount } from "./count_value.ts";
import { KeySums } from "./key_sums.ts";
import type { RunEntry } from "./run_entry.ts";
import type { RunWriter } from "./run_writer.ts";

/** Writes the entries it is given, sorted, with the values of equal keys combined. */
export interface CombiningWriter {
  add(entry: RunEntry): void;
  /** Writes what is left; the run itself goes on. */
  flush(): void;
}

/** Makes the writer for a combiner, for sums of counts, or for entries as they are. */
export function combineInto(
  writer: RunWriter,
  combine: Combine | "sum" | undefined,
): CombiningWriter {
  if (combine === undefined) {
    return { add: (entry) => addEntry(writer, entry), flush: () => {} };
  }
  if (combine !== "sum") return new ValuesWriter(writer, combine);
  const digits = new Uint8Array(MAX_COUNT_DIGITS);
  const sums = new KeySums((bytes, length, sum) => {
    writer.addSlices(bytes, 0, length, digits, 0, writeCount(digits, 0, sum));
  });
  return { add: (entry) => sums.add(entry), flush: () => sums.finish() };
}

class ValuesWriter implements CombiningWriter {
  readonly #writer: RunWriter;
  readonly #combine: Combine;
  #key: Uint8Array | undefined;
  #values: Uint8Array[] = [];

  constructor(writer: RunWriter, combine: Combine) {
    this.#writer = writer;
    this.#combine = combine;
  }

  add(entry: RunEntry): void {
    const { bytes, keyStart, keyEnd } = entry;
    const key = this.#key;
    if (key === undefined || compareBytes(bytes, keyStart, keyEnd, key, 0, key.length) !== 0) {
      this.flush();
      this.#key = bytes.slice(keyStart, keyEnd);
    }
    this.#values.push(bytes.slice(entry.valueStart, entry.valueEnd));
  }

  flush(): void {
    const key = this.#key;
    if (key === undefined) return;
    const values = this.#values;
    this.#key = undefined;
    this.#values = [];
    for (const value of this.#combine(key, values)) this.#writer.add(key, value);
  }
}

function addEntry(writer: RunWriter, entry: RunEntry): void {
  writer.addSlices(
    entry.bytes,
    entry.keyStart,
    entry.keyEnd,
    entry.bytes,
    entry.valueStart,
    entry.valueEnd,
  );
}
