/** Takes lines out of text that comes in chunks. A line ends with LF, which is not part of it. */
import { GrowingBuffer } from "./growing_buffer.ts";

/** Who is given lines. Positions count the bytes that the parser was given. */
export interface LineHandler {
  /** A line: a view, valid until the parser is given more. */
  line(position: number, line: Uint8Array): void;
  /** A line that is larger than the limit; it is left out. */
  tooLarge(position: number, resumedAt: number): void;
}

const LF = 0x0a;

/** Takes lines out of chunks. */
export class LineParser {
  readonly #handler: LineHandler;
  readonly #maxLineBytes: number;
  readonly #kept = new GrowingBuffer();
  /** Position of the next byte. */
  #position = 0;
  /** Position of a line that is too large and goes on. */
  #tooLargeAt: number | undefined;

  constructor(handler: LineHandler, maxLineBytes: number) {
    this.#handler = handler;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Position of the first byte of the line that is unfinished. */
  get oldest(): number {
    return this.#tooLargeAt ?? this.#position - this.#kept.length;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    let at = 0;
    for (let lf = bytes.indexOf(LF); lf >= 0; lf = bytes.indexOf(LF, at)) {
      this.#line(bytes.subarray(at, lf), this.#position + at, this.#position + lf + 1);
      at = lf + 1;
    }
    const rest = bytes.subarray(at);
    this.#position += bytes.length;
    if (this.#tooLargeAt !== undefined) return;
    this.#kept.append(rest);
    if (this.#kept.length <= this.#maxLineBytes) return;
    this.#tooLargeAt = this.#position - this.#kept.length;
    this.#kept.clear();
  }

  /** Something is missing here, which is named elsewhere: the line that is unfinished goes. */
  gap(): void {
    this.#kept.clear();
    this.#tooLargeAt = undefined;
  }

  /** That was all: what is left is a line, too. */
  end(): void {
    if (this.#kept.length > 0 || this.#tooLargeAt !== undefined) {
      this.#line(new Uint8Array(0), this.#position, this.#position);
    }
  }

  /** @param tail of a line whose beginning may be kept */
  #line(tail: Uint8Array, tailAt: number, resumedAt: number): void {
    const at = this.#tooLargeAt ?? tailAt - this.#kept.length;
    const isTooLarge = this.#tooLargeAt !== undefined ||
      this.#kept.length + tail.length > this.#maxLineBytes;
    this.#tooLargeAt = undefined;
    if (isTooLarge) {
      this.#kept.clear();
      return this.#handler.tooLarge(at, resumedAt);
    }
    if (this.#kept.length === 0) return this.#handler.line(at, tail);
    this.#kept.append(tail);
    // A copy: what comes behind the last line is kept where it was.
    this.#handler.line(at, this.#kept.view().slice());
    this.#kept.clear();
  }
}
