/** Lines that are kept. */
const KEPT_LINES = 10;
/** Bytes that are kept of a line. */
const MAX_LINE_BYTES = 4096;
const LF = 0x0a;

/** The last lines of what a program writes to standard error. */
export class LastLines {
  /** The last lines, oldest first. */
  readonly lines: string[] = [];
  /** Resolves at the end of the stream. */
  complete: Promise<void> = Promise.resolve();
  readonly #onLine: (line: string) => boolean;
  readonly #decoder = new TextDecoder();
  #begun = new Uint8Array(MAX_LINE_BYTES);
  #length = 0;

  /** @param onLine takes a line that shall not be kept; says whether it did */
  constructor(onLine: (line: string) => boolean = () => false) {
    this.#onLine = onLine;
  }

  /** Reads to the end. Never rejects. */
  readAll(stream: AsyncIterable<Uint8Array>): Promise<void> {
    const read = async () => {
      try {
        for await (const bytes of stream) this.#push(bytes);
      } catch {
        // The program was ended.
      }
      if (this.#length > 0) this.#end();
    };
    return this.complete = read();
  }

  #push(bytes: Uint8Array): void {
    let at = 0;
    for (let lf = bytes.indexOf(LF); lf >= 0; lf = bytes.indexOf(LF, at)) {
      this.#add(bytes.subarray(at, lf));
      this.#end();
      at = lf + 1;
    }
    this.#add(bytes.subarray(at));
  }

  #add(bytes: Uint8Array): void {
    const part = bytes.subarray(0, MAX_LINE_BYTES - this.#length);
    this.#begun.set(part, this.#length);
    this.#length += part.length;
  }

  #end(): void {
    const line = this.#decoder.decode(this.#begun.subarray(0, this.#length)).trimEnd();
    this.#length = 0;
    if (line === "" || this.#onLine(line)) return;
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
  }
}
