import { crc32 } from "node:zlib";
import { compareBytes } from "./compare_bytes.ts";
import { copyBytes } from "./copy_bytes.ts";
import { HeadsCrc } from "./heads_crc.ts";
import {
  BLOCK_BYTES,
  CHECKED_BYTES,
  END_BYTES,
  HEAD_BYTES,
  MAX_BLOCK_BYTES,
} from "./run_format.ts";
import type { RunSummary } from "./run_format.ts";
import type { RunSink } from "./run_sink.ts";
import { varintBytes, writeVarint } from "./varint.ts";

/** Writes a run, entry by entry, in the order of the keys. */
export class RunWriter {
  readonly #sink: RunSink;
  readonly #blockBytes: number;
  readonly #headsCrc = new HeadsCrc();
  #block: Uint8Array;
  #end = HEAD_BYTES;
  #blockRecords = 0;
  #records = 0;
  #bytes = 0;
  /** Where the last key lies in the block, which is not written over before the next one comes. */
  #lastStart = 0;
  #lastEnd = -1;

  constructor(sink: RunSink, blockBytes: number = BLOCK_BYTES) {
    this.#sink = sink;
    this.#blockBytes = blockBytes;
    this.#block = new Uint8Array(HEAD_BYTES + blockBytes);
  }

  /** Entries so far. */
  get records(): number {
    return this.#records + this.#blockRecords;
  }

  /**
   * Writes an entry.
   *
   * @throws RangeError if the key is smaller than the one before, or if the entry is too large.
   */
  add(key: Uint8Array, value: Uint8Array): void {
    this.addSlices(key, 0, key.length, value, 0, value.length);
  }

  /** As {@linkcode RunWriter.add}, of parts of larger buffers. */
  addSlices(
    keyBytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueBytes: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const keyLength = keyEnd - keyStart;
    const valueLength = valueEnd - valueStart;
    this.#checkOrder(keyBytes, keyStart, keyEnd);
    const size = varintBytes(keyLength) + keyLength + varintBytes(valueLength) + valueLength;
    this.#makeRoom(size);
    const block = this.#block;
    this.#lastStart = writeVarint(block, this.#end, keyLength);
    this.#lastEnd = copyBytes(block, this.#lastStart, keyBytes, keyStart, keyEnd);
    const at = writeVarint(block, this.#lastEnd, valueLength);
    this.#end = copyBytes(block, at, valueBytes, valueStart, valueEnd);
    this.#blockRecords++;
  }

  /**
   * Writes `records` whole entries that are sorted and encoded already, and which come after all
   * before them. Neither is checked, nor is the key that comes next.
   */
  addEntries(entries: Uint8Array, records: number): void {
    if (records === 0) return;
    this.#makeRoom(entries.length);
    this.#block.set(entries, this.#end);
    this.#end += entries.length;
    this.#blockRecords += records;
    this.#lastEnd = -1;
  }

  /** Writes what is left and the end; nothing may be added after it. */
  finish(): RunSummary {
    this.#flush();
    const end = new Uint8Array(HEAD_BYTES + END_BYTES);
    const data = new DataView(end.buffer);
    data.setBigUint64(HEAD_BYTES, BigInt(this.#records), true);
    data.setUint32(HEAD_BYTES + 8, this.#headsCrc.value, true);
    sealHead(end, 0, 0, crc32(end.subarray(HEAD_BYTES)));
    this.#sink.write(end);
    return { records: this.#records, bytes: this.#bytes + end.length, crc32: this.#headsCrc.value };
  }

  #makeRoom(size: number): void {
    if (size > MAX_BLOCK_BYTES) {
      throw new RangeError(`An entry of ${size} B is larger than a block of a run may be`);
    }
    if (this.#end > HEAD_BYTES && this.#end + size > HEAD_BYTES + this.#blockBytes) this.#flush();
    if (this.#end + size > this.#block.length) this.#block = new Uint8Array(HEAD_BYTES + size);
  }

  #flush(): void {
    if (this.#blockRecords === 0) return;
    const block = this.#block.subarray(0, this.#end);
    sealHead(block, this.#end - HEAD_BYTES, this.#blockRecords, crc32(block.subarray(HEAD_BYTES)));
    this.#headsCrc.add(block);
    this.#sink.write(block);
    this.#records += this.#blockRecords;
    this.#bytes += block.length;
    this.#blockRecords = 0;
    this.#end = HEAD_BYTES;
    if (this.#block.length > HEAD_BYTES + this.#blockBytes) {
      this.#block = new Uint8Array(HEAD_BYTES + this.#blockBytes);
    }
  }

  #checkOrder(bytes: Uint8Array, start: number, end: number): void {
    if (this.#lastEnd < 0) return;
    if (compareBytes(bytes, start, end, this.#block, this.#lastStart, this.#lastEnd) < 0) {
      throw new RangeError("The keys of a run must ascend");
    }
  }
}

function sealHead(block: Uint8Array, bytes: number, records: number, payloadCrc: number): void {
  const data = new DataView(block.buffer, block.byteOffset);
  data.setUint32(0, bytes, true);
  data.setUint32(4, records, true);
  data.setUint32(8, payloadCrc, true);
  data.setUint32(12, crc32(block.subarray(0, CHECKED_BYTES)), true);
}
