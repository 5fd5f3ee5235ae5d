import { concat } from "@std/bytes/concat";
import { BytesSource } from "./bytes_source.ts";
import type {
  SpillReader,
  SpillStore,
  SpillWriter,
} from "../../../lib/mapreduce/kernel/spill_store.ts";

/** Spills in memory. */
export class MemorySpillStore implements SpillStore {
  readonly #spills = new Map<number, Uint8Array>();
  #nextId = 0;

  /** Spills that were created and not removed. */
  get size(): number {
    return this.#spills.size;
  }

  create(): SpillWriter {
    const id = this.#nextId++;
    const parts: Uint8Array[] = [];
    return {
      id,
      write: (bytes) => void parts.push(bytes.slice()),
      close: () => void this.#spills.set(id, concat(parts)),
    };
  }

  open(id: number, startByte: number, endByte: number): SpillReader {
    const spill = this.#spills.get(id);
    if (spill === undefined) throw new RangeError(`There is no spill ${id}`);
    return new BytesSource(spill.subarray(startByte, endByte));
  }

  remove(id: number): void {
    this.#spills.delete(id);
  }
}
