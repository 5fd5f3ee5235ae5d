import { copyBytes } from "../../kernel/copy_bytes.ts";

/** What stands between two of a list. */
export const SPACE = 0x20;

/** A list with a space between each two. */
export class SpacedList {
  /** Room for the list, up to `end`. */
  bytes: Uint8Array = new Uint8Array(64 * 1024);
  end = 0;
  /** Where the last one begins. */
  last = 0;
  count = 0;

  /** Puts one behind the others. */
  add(from: Uint8Array, start: number, end: number): void {
    const most = this.end + 1 + end - start;
    if (most > this.bytes.length) {
      const larger = new Uint8Array(2 * most);
      larger.set(this.bytes.subarray(0, this.end));
      this.bytes = larger;
    }
    if (this.count++ > 0) this.bytes[this.end++] = SPACE;
    this.last = this.end;
    this.end = copyBytes(this.bytes, this.end, from, start, end);
  }

  /** Begins a new list. */
  clear(): void {
    this.end = this.last = this.count = 0;
  }
}
