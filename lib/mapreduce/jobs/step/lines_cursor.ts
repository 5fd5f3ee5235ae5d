import { compareBytes } from "../../kernel/compare_bytes.ts";
import type { RunCursor } from "../../kernel/run_cursor.ts";
import { keyEnd } from "../command/key_end.ts";
import { LineSplitter } from "../command/line_splitter.ts";
import { JobError } from "../job_error.ts";
import { unescapeField } from "../unescape_field.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Sorted lines of `key TAB value` as a run. They may be sorted by line, as `LC_ALL=C sort` does, or by
 * key, as Hadoop does.
 */
export class LinesCursor implements RunCursor {
  bytes: Uint8Array = NO_BYTES;
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  readonly #parts: AsyncIterator<Uint8Array>;
  readonly #splitter = new LineSplitter((line) => void this.#lines.push(line.slice()));
  #lines: Uint8Array[] = [];
  #nextLine = 0;
  #number = 0;
  #before: Uint8Array = NO_BYTES;
  #hasEnded = false;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#parts = stream[Symbol.asyncIterator]();
  }

  /** Lines so far. */
  get records(): number {
    return this.#number;
  }

  next(): boolean {
    const line = this.#lines[this.#nextLine];
    if (line === undefined) return false;
    this.#nextLine++;
    this.#number++;
    this.#use(line);
    return true;
  }

  async load(): Promise<boolean> {
    this.#lines = [];
    this.#nextLine = 0;
    while (this.#lines.length === 0) {
      if (this.#hasEnded) return false;
      const { done, value } = await this.#parts.next();
      this.#hasEnded = done === true;
      if (done === true) this.#splitter.end();
      else this.#splitter.push(value);
    }
    return this.next();
  }

  close(): void {
    this.#hasEnded = true;
    this.#lines = [];
    void this.#parts.return?.();
  }

  /** @throws {JobError} when the lines are not sorted */
  #use(line: Uint8Array): void {
    const end = keyEnd(line);
    this.#checkOrder(line, end);
    const key = unescapeField(line.subarray(0, end));
    const value = unescapeField(line.subarray(Math.min(end + 1, line.length)));
    const bytes = new Uint8Array(key.length + value.length);
    bytes.set(key);
    bytes.set(value, key.length);
    this.bytes = bytes;
    this.keyEnd = this.valueStart = key.length;
    this.valueEnd = bytes.length;
  }

  #checkOrder(line: Uint8Array, end: number): void {
    const before = this.#before;
    this.#before = line;
    const beforeEnd = keyEnd(before);
    if (compareBytes(line, 0, end, before, 0, beforeEnd) >= 0) return;
    const withTab = Math.min(end + 1, line.length);
    const beforeWithTab = Math.min(beforeEnd + 1, before.length);
    if (compareBytes(line, 0, withTab, before, 0, beforeWithTab) >= 0) return;
    throw new JobError(
      `Cannot reduce: line ${this.#number} is not sorted; "LC_ALL=C sort" in front of it is right`,
      { isFinal: true },
    );
  }
}
