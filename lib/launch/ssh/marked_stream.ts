import { concat } from "@std/bytes/concat";

/** Most bytes before a mark: greetings and complaints, not data. */
const MAX_BEFORE_BYTES = 64 * 1024;

/**
 * A stream of bytes in which a line marks where the real thing begins: what comes before, such as a
 * greeting of the machine, is kept apart.
 */
export class MarkedStream {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #mark: Uint8Array;
  #before: Uint8Array<ArrayBufferLike> = new Uint8Array();
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array();

  /** @param mark the line, without its line feed */
  constructor(source: AsyncIterable<Uint8Array>, mark: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#mark = new TextEncoder().encode(`${mark}\n`);
  }

  /** What has come before the mark so far. */
  get before(): string {
    return new TextDecoder().decode(this.#before);
  }

  /**
   * Reads until the mark has come.
   *
   * @returns false when the stream ended first, or holds too much that is not it
   */
  async begun(): Promise<boolean> {
    while (this.#before.length <= MAX_BEFORE_BYTES) {
      const { value, done } = await this.#source.next();
      if (done) return false;
      this.#before = concat([this.#before, value]);
      const at = indexOf(this.#before, this.#mark);
      if (at < 0) continue;
      this.#rest = this.#before.slice(at + this.#mark.length);
      this.#before = this.#before.slice(0, at);
      return true;
    }
    return false;
  }

  /** What comes behind the mark. Once, after `begun`. */
  async *after(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#rest.length > 0) yield this.#rest;
    this.#rest = new Uint8Array();
    for (let part; !(part = await this.#source.next()).done;) yield part.value;
  }

  /** Reads what is left and drops it, so that who writes it can go on. Never throws. */
  async drop(): Promise<void> {
    try {
      while (!(await this.#source.next()).done);
    } catch {
      // It is not wanted any more.
    }
  }
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  const [first = 0] = part;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
