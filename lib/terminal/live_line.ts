import type { Clock, Timer } from "../clock/clock.ts";
import type { Output } from "../context.ts";
import { truncate } from "./truncate.ts";

/** Back to the first column, and all of the line gone (ECMA-48: EL). */
const CLEAR = "\r\u001b[K";
/**
 * What is too long is cut by the terminal, too, instead of going on in the next line (DECAWM): it
 * may count wide characters in its own way, or have been made narrower a moment ago.
 */
const NO_WRAP = "\u001b[?7l";
const WRAP = "\u001b[?7h";

/**
 * A line at the bottom of a terminal that changes, with other text going by above.
 *
 * Stands in for the output it is made of: what is written to it goes above the line. Text without a
 * line feed at its end waits until that comes, so only whole lines go above. On an output that is
 * no terminal there is no line, and text goes straight through.
 *
 * A terminal that was made narrower may have broken the line in two by then; the upper part stays
 * behind. Erasing it too would erase other text on terminals that do not break lines anew.
 */
export class LiveLine implements Output {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #everyMs: number;
  #text = "";
  /** Written without a line feed so far. */
  #partial = "";
  #drawnNs = -Infinity;
  #isDrawn = false;
  #isDone = false;
  #timer: Timer | undefined;

  /** @param options.everyMs shortest time between two drawings, in milliseconds. @default {100} */
  constructor(output: Output, { clock, everyMs = 100 }: {
    readonly clock: Clock;
    readonly everyMs?: number;
  }) {
    this.#output = output;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#isDone = !output.isTerminal;
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
   * Shows `text`, cut to the width that the terminal has now; at once, or when the line has stood
   * for `everyMs`, whatever is newest by then. Does nothing after `done`.
   *
   * @param text one line, safe to print; it may have colours
   */
  update(text: string): void {
    if (this.#isDone) return;
    this.#text = text;
    if (this.#timer !== undefined) return;
    const waitMs = this.#everyMs -
      (this.#clock.monotonicNs() - this.#drawnNs) / 1e6;
    if (waitMs <= 0) return this.#draw("");
    this.#timer = this.#clock.after(waitMs, () => {
      this.#timer = undefined;
      this.#draw("");
    });
  }

  /** Writes text above the line. */
  write(text: string): void {
    if (this.#isDone) return this.#output.write(text);
    const all = this.#partial + text;
    const end = all.lastIndexOf("\n") + 1;
    this.#partial = all.slice(end);
    if (end === 0) return;
    if (this.#isDrawn) this.#draw(all.slice(0, end));
    else this.#output.write(all.slice(0, end));
  }

  /** Writes a line above the line; its line feed may be left out. */
  writeAbove(text: string): void {
    this.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  /**
   * Ends the line, and lets everything through from then on. Harmless when it is called again.
   *
   * @param last `"remove"` takes the line away, `"keep"` leaves the newest text standing
   */
  done(last: "remove" | "keep" = "remove"): void {
    if (this.#isDone) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isDone = true;
    let end = this.#isDrawn ? CLEAR : "";
    if (last === "keep" && this.#text !== "") end += `${this.#fitted()}\n`;
    end += this.#partial;
    this.#partial = "";
    if (end !== "") this.#output.write(end);
  }

  /** One write, so that nothing flickers and nobody sees half of it. */
  #draw(above: string): void {
    this.#drawnNs = this.#clock.monotonicNs();
    const clear = this.#isDrawn ? CLEAR : "";
    this.#isDrawn = true;
    this.#output.write(`${clear}${above}${NO_WRAP}${this.#fitted()}${WRAP}`);
  }

  /** A column stays free: at the last one, terminals differ in where the cursor is. */
  #fitted(): string {
    const { columns } = this.#output;
    return columns === undefined ? this.#text : truncate(this.#text, columns - 1);
  }
}
