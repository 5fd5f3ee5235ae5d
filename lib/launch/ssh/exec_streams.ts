import { KeptBytes } from "./kept_bytes.ts";
import type { MachinePrinter } from "./line_printer.ts";
import type { ExecRun } from "./exec_result.ts";

/** Most that is kept of what a machine writes, in bytes. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
const MAX_ERROR_BYTES = 256 * 1024;

/** Enough of the end of standard error to hold the mark. */
const TAIL_CHARS = 256;

/** What a command on a machine writes: kept, or printed as it comes. */
export class ExecStreams {
  readonly #mark: string;
  readonly #printer: MachinePrinter | undefined;
  readonly #output = new KeptBytes(MAX_OUTPUT_BYTES);
  readonly #errors = new KeptBytes(MAX_ERROR_BYTES);
  readonly #decoder = new TextDecoder();
  #tail = "";

  /** @param mark what `execScript` may have written last @param printer prints lines as they come */
  constructor(mark: string, printer: MachinePrinter | undefined) {
    this.#mark = mark;
    this.#printer = printer;
  }

  async output(bytes: Uint8Array): Promise<void> {
    if (this.#printer === undefined) this.#output.push(bytes);
    else await this.#printer.output(bytes);
  }

  async errors(bytes: Uint8Array): Promise<void> {
    this.#tail = (this.#tail + this.#decoder.decode(bytes, { stream: true })).slice(-TAIL_CHARS);
    if (this.#printer === undefined) this.#errors.push(bytes);
    else await this.#printer.errors(bytes, this.#mark);
  }

  /** Whether the mark is the last that came. */
  hasMark(): boolean {
    return this.#tail.endsWith(`${this.#mark}\n`);
  }

  /** All has come. */
  end(): Pick<ExecRun, "output" | "errors" | "lostBytes"> {
    this.#printer?.end(this.#mark);
    return {
      output: this.#output.text(),
      errors: this.#errors.text().replace(`${this.#mark}\n`, ""),
      lostBytes: this.#output.lostBytes + this.#errors.lostBytes,
    };
  }
}
