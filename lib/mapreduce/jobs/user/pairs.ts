/** Pairs of keys and values in bytes: `keyLength u32 BE | key | valueLength u32 BE | value`. */

const encoder = new TextEncoder();

/** Collects pairs: a key, then its value. */
export class PairBuffer {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(16 * 1024);
  #data = new DataView(this.#bytes.buffer);
  #end = 0;

  /** Bytes taken. */
  get size(): number {
    return this.#end;
  }

  /** The pairs so far: a view until the next is added. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  /** Adds a part of a pair that is text; its bytes are UTF-8. */
  addText(text: string): void {
    this.#makeRoom(4 + 3 * text.length);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#end + 4));
    this.#data.setUint32(this.#end, written);
    this.#end += 4 + written;
  }

  /** Adds a part of a pair. */
  addBytes(part: Uint8Array): void {
    this.#makeRoom(4 + part.length);
    this.#data.setUint32(this.#end, part.length);
    this.#bytes.set(part, this.#end + 4);
    this.#end += 4 + part.length;
  }

  /** Goes back to an earlier size. */
  truncate(size: number): void {
    this.#end = size;
  }

  #makeRoom(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#end + size, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
    this.#data = new DataView(larger.buffer);
  }
}

/** Calls back for each pair, with views. @throws {RangeError} when they are cut */
export function forEachPair(
  bytes: Uint8Array,
  onPair: (key: Uint8Array, value: Uint8Array) => void,
): void {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const part = (): Uint8Array => {
    const end = at + 4 + data.getUint32(at);
    if (end > bytes.length) throw new RangeError("A pair is cut");
    const found = bytes.subarray(at + 4, end);
    at = end;
    return found;
  };
  while (at < bytes.length) {
    const key = part();
    onPair(key, part());
  }
}
