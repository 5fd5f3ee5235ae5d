/** Lines of text out of bytes, for input that is no terminal. */
import type { Input } from "../context.ts";
import { cutToBytes } from "./cut_to_bytes.ts";

/** Limits of {@linkcode readLines}. */
export interface ReadLinesOptions {
  /** Longest line, in bytes of UTF-8. @default {4096} */
  readonly maxLineBytes?: number | undefined;
  /** Called before a line that was cut is given out. @param lineNumber from 1 */
  readonly onCut?: ((lineNumber: number) => void) | undefined;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of `input`, without the line feeds (or CR LF) at their ends, empty ones too; the last
 * one also without a line feed. What is not UTF-8 becomes U+FFFD.
 *
 * A line that is longer than the limit is cut to it, between code points, and the rest of it is
 * skipped; `onCut` hears of it first. No more than the limit is held.
 *
 * @throws {Error} when the input cannot be read
 */
export async function* readLines(
  input: Input,
  signal: AbortSignal,
  { maxLineBytes = 4096, onCut = () => {} }: ReadLinesOptions = {},
): AsyncGenerator<string, void, undefined> {
  const line = new LineBuffer(maxLineBytes);
  let lineNumber = 0;
  const take = () => {
    const { text, isCut } = line.take(lineNumber++ === 0);
    if (isCut) onCut(lineNumber);
    return text;
  };
  for await (const chunk of input.read(signal)) {
    for (let at = 0; at < chunk.length;) {
      const end = chunk.indexOf(LINE_FEED, at);
      line.append(chunk.subarray(at, end < 0 ? chunk.length : end));
      if (end < 0) break;
      at = end + 1;
      yield take();
    }
  }
  if (!line.isEmpty && !signal.aborted) yield take();
}

/** A line that grows, up to its limit. */
class LineBuffer {
  readonly #maxBytes: number;
  readonly #bytes: Uint8Array;
  #size = 0;
  /** Of the whole line, with what did not fit. */
  #totalBytes = 0;
  #lastByte = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(maxBytes);
  }

  get isEmpty(): boolean {
    return this.#totalBytes === 0;
  }

  append(part: Uint8Array): void {
    const fitting = part.subarray(0, this.#bytes.length - this.#size);
    this.#bytes.set(fitting, this.#size);
    this.#size += fitting.length;
    this.#totalBytes += part.length;
    this.#lastByte = part.at(-1) ?? this.#lastByte;
  }

  /** The line; the next one begins. @param isFirst whether a byte order mark may begin it */
  take(isFirst: boolean): { readonly text: string; readonly isCut: boolean } {
    const hasReturn = this.#totalBytes > 0 && this.#lastByte === CARRIAGE_RETURN;
    const lengthBytes = this.#totalBytes - (hasReturn ? 1 : 0);
    const isLong = lengthBytes > this.#maxBytes;
    const bytes = this.#bytes.subarray(0, Math.min(lengthBytes, this.#maxBytes));
    // A code point that the limit cuts in two is left out: the decoder waits for its rest.
    const text = new TextDecoder("utf-8", { ignoreBOM: !isFirst }).decode(bytes, {
      stream: isLong,
    });
    this.#size = this.#totalBytes = 0;
    const cut = cutToBytes(text, this.#maxBytes); // U+FFFD takes more than the byte it stands for
    return { text: cut, isCut: isLong || cut.length < text.length };
  }
}
