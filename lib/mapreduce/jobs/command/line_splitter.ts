// @ts-types="../../../types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
import { JobError } from "../job_error.ts";

const LF = 0x0a;

/** Longest line that a program may write, in bytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Cuts bytes into lines without LF. */
export class LineSplitter {
  readonly #onLine: (line: Uint8Array) => void;
  #begun: Uint8Array[] = [];
  #begunBytes = 0;

  /** @param onLine is given views, good during the call */
  constructor(onLine: (line: Uint8Array) => void) {
    this.#onLine = onLine;
  }

  /** Takes the next bytes. @throws {JobError} for a line that is too long */
  push(bytes: Uint8Array): void {
    let at = 0;
    for (let lf = bytes.indexOf(LF); lf >= 0; lf = bytes.indexOf(LF, at)) {
      this.#end(bytes.subarray(at, lf));
      at = lf + 1;
    }
    if (at === bytes.length) return;
    this.#begun.push(bytes.slice(at));
    this.#begunBytes += bytes.length - at;
    if (this.#begunBytes <= MAX_LINE_BYTES) return;
    throw new JobError(`Cannot read a line of more than ${MAX_LINE_BYTES} bytes`, {
      isFinal: true,
    });
  }

  /** That was all: what is left is a line, too. */
  end(): void {
    if (this.#begunBytes > 0) this.#end(new Uint8Array(0));
  }

  #end(tail: Uint8Array): void {
    if (this.#begunBytes === 0) return this.#onLine(tail);
    const line = concat([...this.#begun, tail]);
    this.#begun = [];
    this.#begunBytes = 0;
    this.#onLine(line);
  }
}
