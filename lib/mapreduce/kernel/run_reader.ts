import { crc32 } from "node:zlib";
import { compareBytes } from "./compare_bytes.ts";
import { HeadsCrc } from "./heads_crc.ts";
import type { SyncRunCursor } from "./run_cursor.ts";
import { RunError } from "./run_error.ts";
import { CHECKED_BYTES, END_BYTES, HEAD_BYTES, MAX_BLOCK_BYTES } from "./run_format.ts";
import type { RunSummary } from "./run_format.ts";
import type { RunSource } from "./run_source.ts";

/** Options of a {@linkcode RunReader}. */
export interface RunReaderOptions {
  /** Bytes of the run, where that is known: a block that claims more is not made room for. */
  readonly mostBytes?: number;
  /** Whether keys that are not sorted make it corrupt: for runs that somebody else wrote. @default {false} */
  readonly checksOrder?: boolean;
}

/** Reads a run block by block; nothing of a block is shown before its checksum is right. */
export class RunReader implements SyncRunCursor {
  bytes: Uint8Array = new Uint8Array(0);
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;

  readonly #source: RunSource;
  readonly #name: string;
  readonly #mostBytes: number;
  readonly #checksOrder: boolean;
  /** Last key of the block before. */
  #lastKey: Uint8Array = new Uint8Array(0);
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #headData = new DataView(this.#head.buffer);
  #at = 0;
  #end = 0;
  #left = 0;
  #records = 0;
  #size = 0;
  readonly #headsCrc = new HeadsCrc();
  #summary: RunSummary | undefined;
  #isClosed = false;

  /** @param name what errors call the run. */
  constructor(
    source: RunSource,
    name = "run",
    { mostBytes = Infinity, checksOrder = false }: RunReaderOptions = {},
  ) {
    this.#source = source;
    this.#name = name;
    this.#mostBytes = mostBytes;
    this.#checksOrder = checksOrder;
  }

  /** What the run's end says; undefined before the end is read. */
  get summary(): RunSummary | undefined {
    return this.#summary;
  }

  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const { keyStart, keyEnd } = this;
    this.keyStart = this.#varint();
    this.keyEnd = this.#at;
    if (this.#checksOrder) this.#checkOrder(keyStart, keyEnd);
    this.valueStart = this.#varint();
    this.valueEnd = this.#at;
    if (this.#left === 0 && this.#at !== this.#end) throw this.#corrupt("a block is too long");
    return true;
  }

  load(): boolean {
    if (this.#summary !== undefined) return false;
    const head = this.#head;
    if (this.#checksOrder) this.#lastKey = this.bytes.slice(this.keyStart, this.keyEnd);
    this.#fill(head);
    const data = this.#headData;
    if (crc32(head.subarray(0, CHECKED_BYTES)) !== data.getUint32(12, true)) {
      throw this.#corrupt("the head of a block is damaged");
    }
    const length = data.getUint32(0, true);
    const records = data.getUint32(4, true);
    if (length > MAX_BLOCK_BYTES) throw this.#corrupt(`a block claims ${length} B`);
    const size = length === 0 ? END_BYTES : length;
    if (size > this.#mostBytes - this.#size) throw this.#torn(this.#mostBytes);
    if (size > this.bytes.length) this.bytes = new Uint8Array(size);
    const payload = this.bytes.subarray(0, size);
    this.#fill(payload);
    if (crc32(payload) !== data.getUint32(8, true)) {
      throw this.#corrupt("the checksum of a block is wrong");
    }
    if (length === 0) {
      this.#takeEnd(payload);
      if (this.#source.read(head) > 0) throw this.#corrupt("something follows its end");
      return false;
    }
    this.#headsCrc.add(head);
    this.#records += records;
    this.#left = records;
    this.#at = this.keyStart = this.keyEnd = 0;
    this.#end = length;
    if (records === 0) throw this.#corrupt("a block has no entries");
    return this.next();
  }

  close(): void {
    this.#left = 0;
    if (!this.#isClosed) this.#source.close();
    this.#isClosed = true;
  }

  #takeEnd(payload: Uint8Array): void {
    const data = new DataView(payload.buffer, payload.byteOffset, END_BYTES);
    const records = Number(data.getBigUint64(0, true));
    const crc = data.getUint32(8, true);
    if (records !== this.#records || crc !== this.#headsCrc.value) {
      throw this.#corrupt("its blocks are not those that its end tells of");
    }
    this.#summary = { records, bytes: this.#size, crc32: crc };
  }

  #fill(buffer: Uint8Array): void {
    let filled = 0;
    while (filled < buffer.length) {
      const got = this.#source.read(buffer.subarray(filled));
      if (got === 0) throw this.#torn(this.#size);
      filled += got;
      this.#size += got;
    }
  }

  /** @throws {RunError} when the key is smaller than the one before, which was from `start` to `end` */
  #checkOrder(start: number, end: number): void {
    const { bytes, keyStart, keyEnd } = this;
    const order = end > 0
      ? compareBytes(bytes, start, end, bytes, keyStart, keyEnd)
      : compareBytes(this.#lastKey, 0, this.#lastKey.length, bytes, keyStart, keyEnd);
    if (order > 0) throw this.#corrupt("its keys are not sorted");
  }

  /** Reads a length, steps over what it counts, and gives the place between the two. */
  #varint(): number {
    const bytes = this.bytes;
    let at = this.#at;
    let byte = bytes[at++] as number;
    let length = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 28 || at >= this.#end) throw this.#corrupt("a length is not whole");
      byte = bytes[at++] as number;
      length += (byte & 0x7f) * 2 ** shift;
    }
    if (at + length > this.#end) throw this.#corrupt("an entry leaves its block");
    this.#at = at + length;
    return at;
  }

  #torn(bytes: number): RunError {
    return new RunError("torn", `${this.#name} is cut: it ends after ${bytes} B`);
  }

  #corrupt(what: string): RunError {
    return new RunError("corrupt", `${this.#name} is corrupt: ${what}`);
  }
}
