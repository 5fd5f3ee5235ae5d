/** Bytes that are appended at the end and dropped at the front. */
export class GrowingBuffer {
  #buffer = new Uint8Array(64 * 1024);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** All of them: a view, valid until more are appended. */
  view(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Copies `bytes` to the end. Views of a buffer that had to move stay as they are. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const length = this.length + bytes.length;
    if (this.#end + bytes.length > this.#buffer.length) {
      const isMoved = length > this.#buffer.length;
      const target = isMoved ? new Uint8Array(Math.max(length, 2 * this.length)) : this.#buffer;
      target.set(this.view());
      [this.#buffer, this.#start, this.#end] = [target, 0, this.length];
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    this.#start += count;
    if (this.#start === this.#end) this.clear();
  }

  /** Drops all of them. */
  clear(): void {
    this.#start = this.#end = 0;
  }
}
