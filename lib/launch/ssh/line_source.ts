import { concat } from "@std/bytes/concat";

/** Longest line, in bytes. */
const MAX_LINE_BYTES = 4096;

const LINE_FEED = 0x0a;

/** Lines of a stream, one at a time, and then whatever follows them as bytes. */
export class LineSource {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /**
   * The next line, without its line feed; `undefined` at the end.
   *
   * @throws {RangeError} when it is too long
   */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(LINE_FEED);
      if (end > MAX_LINE_BYTES || (end < 0 && this.#rest.length > MAX_LINE_BYTES)) {
        throw new RangeError(`wanted lines of at most ${MAX_LINE_BYTES} bytes`);
      }
      if (end >= 0) {
        const text = new TextDecoder().decode(this.#rest.subarray(0, end));
        this.#rest = this.#rest.slice(end + 1);
        return text;
      }
      const { value, done } = await this.#source.next();
      if (done) return undefined;
      this.#rest = concat([this.#rest, value]);
    }
  }

  /** What comes behind the lines that were taken. Once. */
  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#rest.length > 0) yield this.#rest;
    this.#rest = new Uint8Array();
    for (let part; !(part = await this.#source.next()).done;) yield part.value;
  }
}
