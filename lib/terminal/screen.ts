import type { Output } from "../context.ts";
import { CLEAR_ROW_AND_BELOW } from "./clear_row_and_below.ts";
import { truncate } from "./truncate.ts";

/** What is too long is cut, instead of going on in the next line (DECAWM). */
const NO_WRAP = "\u001b[?7l";
const WRAP = "\u001b[?7h";

/** Lines that a block has at most: one that is higher than the screen could not be drawn over. */
const MAX_LINES = 40;

/**
 * An output with some lines at its bottom that change, while what is written to it goes by above. On
 * an output that is no terminal there are no such lines, and text goes straight through.
 */
export class Screen implements Output {
  readonly #output: Output;
  #drawnLines = 0;
  #lines: readonly string[] = [];
  /** Written without a line feed so far, while there are lines at the bottom. */
  #partial = "";
  /** Has the bottom now, and gets what is written. */
  #borrower: Output | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  get columns(): number | undefined {
    return this.#output.columns;
  }

  get isTerminal(): boolean {
    return this.#output.isTerminal;
  }

  get hasColor(): boolean {
    return this.#output.hasColor;
  }

  /**
   * Leaves the bottom to somebody else for good, e.g. to a `Prompt`: what is written here, by a log
   * say, is written to that from now on. Its own lines are gone, and it shows none any more.
   *
   * @param make given the output to draw on
   */
  lend<Borrower extends Output>(make: (output: Output) => Borrower): Borrower {
    this.show([]);
    const borrower = make(this.#output);
    this.#borrower = borrower;
    return borrower;
  }

  /** Shows `lines` at the bottom, each safe to print, in place of those before; none at all if empty. */
  show(lines: readonly string[]): void {
    if (!this.isTerminal || this.#borrower !== undefined) return;
    this.#lines = lines.slice(0, MAX_LINES);
    const rest = this.#lines.length === 0 ? this.#partial : "";
    if (rest !== "") this.#partial = "";
    this.#draw(rest);
  }

  /** Writes text; above the lines at the bottom, as soon as its own line is whole. */
  write(text: string): void {
    if (this.#lines.length === 0) return (this.#borrower ?? this.#output).write(text);
    const all = this.#partial + text;
    const end = all.lastIndexOf("\n") + 1;
    this.#partial = all.slice(end);
    if (end > 0) this.#draw(all.slice(0, end));
  }

  /** One write, so that nothing flickers. The cursor rests behind the last line. */
  #draw(above: string): void {
    const up = this.#drawnLines > 1 ? `\u001b[${this.#drawnLines - 1}A` : "";
    const clear = this.#drawnLines > 0 ? `${up}${CLEAR_ROW_AND_BELOW}` : "";
    const { columns } = this.#output;
    const fitted = this.#lines.map((line) =>
      columns === undefined ? line : truncate(line, columns - 1)
    );
    const bottom = fitted.length === 0 ? "" : `${NO_WRAP}${fitted.join("\r\n")}${WRAP}`;
    this.#drawnLines = fitted.length;
    if (clear + above + bottom !== "") this.#output.write(`${clear}${above}${bottom}`);
  }
}
