/** Longest line that is shown; what is longer goes on in the next one. */
const MAX_LINE_CHARS = 16 * 1024;

/** Whole lines out of bytes that come in pieces. What is not UTF-8 becomes U+FFFD. */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** The lines that are whole now, without their ends. */
  push(bytes: Uint8Array): readonly string[] {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split("\n");
    this.#rest = lines.pop() ?? "";
    while (this.#rest.length > MAX_LINE_CHARS) {
      lines.push(this.#rest.slice(0, MAX_LINE_CHARS));
      this.#rest = this.#rest.slice(MAX_LINE_CHARS);
    }
    return lines.map((line) => line.endsWith("\r") ? line.slice(0, -1) : line);
  }

  /** What is left when no more comes. */
  end(): readonly string[] {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = "";
    return rest === "" ? [] : [rest];
  }
}
