import { partitionOf } from "../../../lib/mapreduce/kernel/partition_of.ts";
import { BytesSource } from "./bytes_source.ts";
import type { RunCursor } from "../../../lib/mapreduce/kernel/run_cursor.ts";
import { RunReader } from "../../../lib/mapreduce/kernel/run_reader.ts";
import { RunWriter } from "../../../lib/mapreduce/kernel/run_writer.ts";
import { concat } from "@std/bytes/concat";
import type { WordCounter } from "../../../lib/mapreduce/kernel/word_counter.ts";

/** Bytes as a string with one character each: strings of these sort like the bytes. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}

/** The bytes of a string of {@linkcode latin1}. */
export function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Counts what white space separates, the slow and plain way. */
export function naiveCounts(records: readonly Uint8Array[], folds = false): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) {
    for (const found of latin1(record).split(/[ \t\n\v\f\r]+/)) {
      const token = folds ? found.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : found;
      if (token !== "") counts.set(token, (counts.get(token) ?? 0) + 1);
    }
  }
  return counts;
}

/** The entries of each partition as they must be, sorted, from counts. */
export function naivePartitions(counts: Map<string, number>, partitions: number): string[][] {
  const lists: string[][] = Array.from({ length: partitions }, () => []);
  for (const key of [...counts.keys()].sort(compareText)) {
    lists[partitionOf(fromLatin1(key), partitions)]?.push(`${key}\t${counts.get(key)}`);
  }
  return lists;
}

/** Orders strings of {@linkcode latin1} like their bytes. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Collects what a sorter writes for each partition. */
export class RunsInMemory {
  readonly #parts: Uint8Array[][] = [];

  readonly sinkOf = (partition: number) => {
    const parts: Uint8Array[] = [];
    this.#parts[partition] = parts;
    return { write: (bytes: Uint8Array) => void parts.push(bytes.slice()) };
  };

  /** The bytes of the run of each partition. */
  get runs(): Uint8Array[] {
    return this.#parts.map((parts) => concat(parts));
  }
}

/** The entries of a run, `key TAB value`. */
export async function entriesOf(run: Uint8Array): Promise<string[]> {
  return await entriesAt(new RunReader(new BytesSource(run)));
}

/** The entries that a cursor goes through. */
export async function entriesAt(cursor: RunCursor): Promise<string[]> {
  const entries: string[] = [];
  while (cursor.next() || await cursor.load()) {
    const key = latin1(cursor.bytes.subarray(cursor.keyStart, cursor.keyEnd));
    const value = latin1(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd));
    entries.push(`${key}\t${value}`);
  }
  return entries;
}

/** Writes a run in memory. */
export function runOf(
  entries: readonly (readonly [Uint8Array, Uint8Array])[],
  blockBytes?: number,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new RunWriter({ write: (bytes) => void parts.push(bytes.slice()) }, blockBytes);
  for (const [key, value] of entries) writer.add(key, value);
  writer.finish();
  return concat(parts);
}

/** Feeds records in parts, drains whenever memory is full, and gives the entries of all drains. */
export async function countParts(
  counter: WordCounter,
  records: readonly (readonly Uint8Array[])[],
  partitions: number,
): Promise<{ drains: string[][][]; counts: Map<string, number> }> {
  const drains: string[][][] = [];
  const counts = new Map<string, number>();
  const drain = async () => {
    const parts: Uint8Array[][] = Array.from({ length: partitions }, () => []);
    let records = 0;
    counter.drain(partitions, (partition, entries, count) => {
      parts[partition]?.push(entries.slice());
      records += count;
    });
    const lists = await Promise.all(parts.map(async (list) => {
      const found: Uint8Array[] = [];
      const writer = new RunWriter({ write: (bytes) => void found.push(bytes.slice()) });
      for (const entries of list) writer.addEntries(entries, countEntries(entries));
      writer.finish();
      return await entriesOf(concat(found));
    }));
    if (lists.flat().length !== records) throw new Error("The number of entries is wrong");
    drains.push(lists);
    for (const line of lists.flat()) {
      const tab = line.lastIndexOf("\t");
      const key = line.slice(0, tab);
      counts.set(key, (counts.get(key) ?? 0) + Number(line.slice(tab + 1)));
    }
  };
  for (const record of records) {
    for (const [index, part] of record.entries()) {
      const isLast = index === record.length - 1;
      let rest = part;
      while (true) {
        const taken = counter.feed(rest, isLast);
        if (!counter.isFull) break;
        await drain();
        rest = rest.subarray(taken);
      }
    }
  }
  await drain();
  return { drains, counts };
}

function countEntries(entries: Uint8Array): number {
  let records = 0;
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = entries[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  for (; at < entries.length; records++) {
    const key = varint();
    at += key;
    const value = varint();
    at += value;
  }
  return records;
}
