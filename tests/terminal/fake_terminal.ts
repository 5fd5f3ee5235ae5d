/** A terminal for tests: what it shows after all that was written. */
import xterm from "@xterm/headless";
import type { Output } from "../../lib/context.ts";

/** An emulated terminal to write to. */
export class FakeTerminal implements Output {
  readonly isTerminal = true;
  readonly hasColor = false;
  /** What was written, write by write. */
  readonly writes: string[] = [];
  /** How often it rang. */
  bells = 0;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns = 40, rows = 10) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      convertEol: true, // as terminals do unless they are told not to
    });
    this.#terminal.onBell(() => this.bells++);
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  write(text: string): void {
    this.writes.push(text);
    this.#terminal.write(text);
  }

  /** All rows, those that went by too, down to the last one with text or the cursor in it. */
  async rows(): Promise<string[]> {
    await this.#drawn();
    const { active } = this.#terminal.buffer;
    const rows: string[] = [];
    for (let y = 0; y < active.length; y++) {
      rows.push(active.getLine(y)?.translateToString(true).trimEnd() ?? "");
    }
    const last = Math.max(
      active.baseY + active.cursorY,
      rows.findLastIndex((row) => row !== ""),
    );
    return rows.slice(0, last + 1);
  }

  /** All of it as text, with `|` where the cursor is. */
  async shown(): Promise<string> {
    const rows = await this.rows();
    const { active } = this.#terminal.buffer;
    const y = active.baseY + active.cursorY;
    const line = active.getLine(y);
    const before = line?.translateToString(false, 0, active.cursorX) ?? "";
    const after = line?.translateToString(true, active.cursorX).trimEnd() ?? "";
    rows[y] = `${before}|${after}`;
    return rows.join("\n");
  }

  /** Whether it marks what is pasted. */
  get marksPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** Whether long lines go on in the next row. */
  get wraps(): boolean {
    return this.#terminal.modes.wraparoundMode;
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** What was written is drawn in a timer of its own: it must not outlive the test. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#drawn();
    this.#terminal.dispose();
  }

  #drawn(): Promise<void> {
    return new Promise((resolve) => this.#terminal.write("", resolve));
  }
}
