/** The last lines of a room, in memory, for those who come in or come back. */
import type { StoredLine } from "../store/chat_store.ts";

/** Most lines of one room that are kept in memory. */
const MAX_LINES = 256;

/** Most letters of one room that are kept in memory: long lines push more of the others out. */
const MAX_LETTERS = 64 * 1024;

/** What a line takes besides its text, about, in bytes. */
const LINE_BYTES = 200;

/** Lines with consecutive ids, the newest of a room. */
export class LineRing {
  /** From `#from` on; what is before was let go and waits to be cut off. */
  #lines: StoredLine[] = [];
  #from = 0;
  #letters = 0;

  /** What it takes in memory, about. */
  get bytes(): number {
    return LINE_BYTES * (this.#lines.length - this.#from) + 2 * this.#letters;
  }

  /** Adds the line that follows the last one. */
  push(line: StoredLine): void {
    if (line.id !== (this.#lines.at(-1)?.id ?? line.id - 1) + 1) this.clear();
    this.#lines.push(line);
    this.#letters += line.text.length;
    while (this.#lines.length - this.#from > MAX_LINES || this.#letters > MAX_LETTERS) {
      this.#letters -= this.#lines[this.#from]?.text.length ?? 0;
      this.#from++;
    }
    if (this.#from <= this.#lines.length / 2) return;
    this.#lines = this.#lines.slice(this.#from);
    this.#from = 0;
  }

  /** All lines after `id`; `undefined` when some of them are not here. */
  after(id: number): readonly StoredLine[] | undefined {
    const first = this.#lines[this.#from]?.id;
    if (first === undefined || id + 1 < first) return undefined;
    return this.#lines.slice(this.#from + id + 1 - first);
  }

  /** Lets all go. */
  clear(): void {
    this.#lines = [];
    this.#from = this.#letters = 0;
  }
}
