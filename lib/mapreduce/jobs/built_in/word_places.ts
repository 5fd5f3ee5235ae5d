import { KeyStore } from "../../kernel/key_store.ts";
import { KeyTable } from "../../kernel/key_table.ts";
import type { PartitionWriters } from "../../kernel/partition_writers.ts";
import type { RunWriter } from "../../kernel/run_writer.ts";
import { SpacedList } from "./spaced_list.ts";

/** Memory of a word besides what the table takes: its places, and its last document. */
const WORD_BYTES = 8;

/** Memory of a place: its word and its document, and the document again when it is written. */
const PLACE_BYTES = 12;

/** Bytes of documents after which an entry ends: readers hold an entry of each run. */
const LIST_BYTES = 32 * 1024;

/** In which documents words stand, up to a limit of memory: a word is held once, and so is a document. */
export class WordPlaces {
  readonly #memoryBytes: number;
  readonly #words = new KeyTable();
  readonly #documents = new KeyStore();
  readonly #list = new SpacedList();
  /** Pairs by word: how many places it has, and its last document. */
  #counts: Uint32Array = new Uint32Array(128);
  /** Pairs, as they came: a word, and a document that it stands in. */
  #places: Uint32Array = new Uint32Array(128);
  #size = 0;
  /** Memory of all but the words. */
  #besides = 0;

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  /** Places held: of each word in each document one. */
  get size(): number {
    return this.#size;
  }

  /** Begins a document: words that are added stand in it. */
  begin(document: Uint8Array): void {
    this.#documents.add(document, 0, document.length);
    this.#besides += KeyStore.costOf(document.length);
  }

  /** Adds a word of the document; false, and nothing else, if it has no room. The first one always has. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const words = this.#words;
    const known = words.size;
    const document = this.#documents.size - 1;
    const besides = this.#besides + PLACE_BYTES;
    const most = this.#memoryBytes - besides;
    const word = words.numberOf(bytes, start, end, most - WORD_BYTES);
    if (word < 0) return false;
    const at = 2 * word;
    if (word < known) {
      if (this.#counts[at + 1] === document) return true;
      if (words.used > most) return false;
      this.#besides = besides;
    } else {
      if (at === this.#counts.length) this.#counts = twice(this.#counts);
      this.#counts[at] = 0;
      this.#besides = besides + WORD_BYTES;
    }
    this.#counts[at] = this.#counts[at] as number + 1;
    this.#counts[at + 1] = document;
    const place = 2 * this.#size++;
    if (place === this.#places.length) this.#places = twice(this.#places);
    this.#places[place] = word;
    this.#places[place + 1] = document;
    return true;
  }

  /** Writes the documents of each word, sorted by (partition, word), and forgets all. */
  drain(writers: PartitionWriters, partitions: number): void {
    const { documents, ends } = this.#byWord();
    for (const [partition, words] of this.#words.keys.sorted(partitions).entries()) {
      const writer = writers.of(partition);
      for (const word of words) {
        const end = ends[word] as number;
        const count = this.#counts[2 * word] as number;
        this.#write(writer, word, documents.subarray(end - count, end));
      }
    }
    this.#words.clear();
    this.#documents.clear();
    this.#size = this.#besides = 0;
  }

  /** The documents of the first word, of the second one and so on, and where those of each end. */
  #byWord(): { readonly documents: Uint32Array; readonly ends: Uint32Array } {
    const documents = new Uint32Array(this.#size);
    const ends = new Uint32Array(this.#words.size);
    for (let word = 1; word < ends.length; word++) {
      ends[word] = ends[word - 1] as number + (this.#counts[2 * word - 2] as number);
    }
    for (let place = 0; place < 2 * this.#size; place += 2) {
      const word = this.#places[place] as number;
      const end = ends[word] as number;
      documents[end] = this.#places[place + 1] as number;
      ends[word] = end + 1;
    }
    return { documents, ends };
  }

  #write(writer: RunWriter, word: number, documents: Uint32Array): void {
    const { bytes, starts, ends } = this.#words.keys;
    const names = this.#documents;
    const list = this.#list;
    const write = () => {
      const [start, end] = [starts[word] as number, ends[word] as number];
      writer.addSlices(bytes, start, end, list.bytes, 0, list.end);
      list.clear();
    };
    for (const document of documents) {
      const start = names.starts[document] as number;
      const end = names.ends[document] as number;
      if (list.count > 0 && list.end + 1 + end - start > LIST_BYTES) write();
      list.add(names.bytes, start, end);
    }
    write();
  }
}

function twice(old: Uint32Array): Uint32Array {
  const larger = new Uint32Array(2 * old.length);
  larger.set(old);
  return larger;
}
