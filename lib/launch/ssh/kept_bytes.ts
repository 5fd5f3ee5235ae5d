import { concat } from "@std/bytes/concat";

/** The first bytes of a stream. */
export class KeptBytes {
  readonly #maxBytes: number;
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;
  /** Bytes that came and were not kept. */
  lostBytes = 0;

  /** @param maxBytes most that is kept */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Uint8Array): void {
    const fitting = bytes.slice(0, this.#maxBytes - this.#bytes);
    this.#bytes += fitting.length;
    this.lostBytes += bytes.length - fitting.length;
    if (fitting.length > 0) this.#parts.push(fitting);
  }

  /** What is kept, as text. */
  text(): string {
    return new TextDecoder().decode(concat(this.#parts));
  }
}
