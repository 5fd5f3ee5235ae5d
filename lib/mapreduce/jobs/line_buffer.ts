const TAB = 0x09;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;

/**
 * Lines of output: `key TAB value LF`, where TAB, LF and backslash in key and value are `\t`, `\n` and
 * `\\`. Gathered in one buffer.
 */
export class LineBuffer {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(96 * 1024);
  #end = 0;

  /** Bytes gathered. */
  get size(): number {
    return this.#end;
  }

  /** Adds a line; the bytes are copied. */
  add(key: Uint8Array, value: Uint8Array): void {
    const most = this.#end + 2 * (key.length + value.length) + 2;
    if (most > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(most, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    this.#field(key);
    this.#bytes[this.#end++] = TAB;
    this.#field(value);
    this.#bytes[this.#end++] = LF;
  }

  /** Gives what was gathered, in memory of its own, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#end);
    this.#end = 0;
    return taken;
  }

  #field(field: Uint8Array): void {
    const bytes = this.#bytes;
    let end = this.#end;
    for (let at = 0; at < field.length; at++) {
      const byte = field[at] as number;
      if (byte !== TAB && byte !== LF && byte !== BACKSLASH) {
        bytes[end++] = byte;
        continue;
      }
      bytes[end++] = BACKSLASH;
      bytes[end++] = byte === TAB ? LOWER_T : byte === LF ? LOWER_N : BACKSLASH;
    }
    this.#end = end;
  }
}
