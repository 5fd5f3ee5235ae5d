import type { Clock, Timer } from "../clock/clock.ts";
import { turn } from "../clock/turn.ts";
import type { Input, Output } from "../context.ts";
import { CLEAR_ROW_AND_BELOW } from "./clear_row_and_below.ts";
import type { Completion } from "./complete_line.ts";
import { formatBytes } from "./format_bytes.ts";
import type { Key } from "./key.ts";
import { KeyDecoder } from "./key_decoder.ts";
import { type EditEffect, LineEditor } from "./line_editor.ts";
import { packLines } from "./pack.ts";
import { promptView } from "./prompt_view.ts";
import { safeText } from "./safe_text.ts";
import { truncate } from "./truncate.ts";

/** What a {@linkcode Prompt} works with. */
export interface PromptOptions {
  /** A terminal. */
  readonly stdin: Input;
  /** The terminal to draw on. */
  readonly output: Output;
  readonly clock: Clock;
  /**
   * A whole line was entered; not called for empty lines. Pasted text with several lines gives
   * several calls. The line is not shown above: who wants that writes it.
   */
  readonly onLine: (line: string) => void;
  /** Given the text and the cursor (UTF-16 index), what could stand there. */
  readonly complete?: ((text: string, cursor: number) => Completion) | undefined;
  /** ^C on an empty line, or twice; ^C on a line that is not empty clears it. */
  readonly onInterrupt: () => void;
  /** ^D on an empty line, or the end of the input. */
  readonly onEnd: () => void;
  /** Longest line, in bytes of UTF-8; or how long a line may be that reads so. @default {4096} */
  readonly maxLineBytes?: number | ((text: string) => number) | undefined;
}

const DEFAULT_MAX_LINE_BYTES = 4096;
/** Columns of a terminal that does not say. */
const DEFAULT_COLUMNS = 80;
/** How long an Esc may be the start of a sequence, in milliseconds: a slow line may cut it in two. */
const ESCAPE_MS = 100;
/** How long a paste may stand still, in milliseconds. Without an end, no key would work any more. */
const PASTE_MS = 5000;
/** Candidates that are listed. */
const MAX_LISTED = 100;

/** The row above gone. */
const CLEAR_ROW_ABOVE = "\u001b[A\u001b[K";
/** All of the screen gone, the cursor at its top. */
const CLEAR_SCREEN = "\u001b[H\u001b[2J";
/** What is too long is cut, instead of going on in the next line (DECAWM). */
const NO_WRAP = "\u001b[?7l";
const WRAP = "\u001b[?7h";
/** Pasted text comes between marks (xterm). */
const MARK_PASTE = "\u001b[?2004h";
const DO_NOT_MARK_PASTE = "\u001b[?2004l";
const BELL = "\u0007";

/**
 * A line at the bottom of a terminal that is typed in, with other text going by above.
 *
 * Stands in for the output it is made of: what is written to it goes above the line.
 *
 * 1. Text that is written and keys of one turn are drawn together, in one write, at its end.
 * 2. Only whole lines go above; text without a line feed waits until that comes.
 * 3. Nothing that is written changes what is typed, or where the cursor is in it.
 * 4. ^D and ^C end nothing by themselves: whoever made it disposes it. The end of the input ends it
 *    after `onEnd`.
 * 5. When it has ended, or the process ends, the terminal is as before, and the line gone. From then
 *    on what is written goes straight through.
 *
 * A terminal that was made narrower may have broken the line in two by then; the upper part stays
 * behind. Erasing it too would erase other text on terminals that do not break lines anew.
 */
export class Prompt implements Output, Disposable {
  /** Resolves when it has ended. Rejects with what a callback or the input threw; it has ended then. */
  readonly done: Promise<void>;
  readonly #options: PromptOptions;
  readonly #output: Output;
  readonly #decoder = new KeyDecoder();
  readonly #editor: LineEditor;
  readonly #ending = new AbortController();
  readonly #raw: Disposable;
  readonly #resizing: Disposable;
  #status = "";
  #label = "";
  /** Whole lines to go above, and what else comes with the next drawing. */
  #above = "";
  /** Written without a line feed so far. */
  #partial = "";
  /** Rows that are drawn now; the cursor is in the last one. */
  #drawnRows = 0;
  #isScheduled = false;
  #unfinished: Timer | undefined;

  /** Begins to read keys. */
  constructor(options: PromptOptions) {
    const { stdin, output, complete, maxLineBytes = DEFAULT_MAX_LINE_BYTES } = options;
    this.#options = options;
    this.#output = output;
    this.#editor = new LineEditor({ complete, maxLineBytes });
    this.#raw = stdin.raw(() => this.#leave());
    this.#resizing = stdin.onResize(() => this.#schedule());
    output.write(MARK_PASTE);
    this.#schedule();
    this.done = this.#read();
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

  /** Shown in a line above the input; none when empty. @param text one line, safe; may have colours */
  setStatus(text: string): void {
    this.#status = text;
    this.#schedule();
  }

  /** What stands before the typed text, e.g. `#lobby> `. @param text safe; may have colours */
  setLabel(text: string): void {
    this.#label = text;
    this.#schedule();
  }

  /** Writes text above the input line. */
  write(text: string): void {
    if (this.#hasEnded) return this.#output.write(text);
    const all = this.#partial + text;
    const end = all.lastIndexOf("\n") + 1;
    this.#partial = all.slice(end);
    this.#above += all.slice(0, end);
    if (end > 0) this.#schedule();
  }

  /** Ends it. Harmless when it is called again. */
  [Symbol.dispose](): void {
    if (this.#hasEnded) return;
    this.#unfinished?.cancel();
    this.#resizing[Symbol.dispose]();
    this.#leave();
    this.#raw[Symbol.dispose]();
  }

  get #hasEnded(): boolean {
    return this.#ending.signal.aborted;
  }

  /** The line goes, and what was written stays. */
  #leave(): void {
    this.#ending.abort();
    this.#output.write(`${this.#clear()}${DO_NOT_MARK_PASTE}${this.#above}${this.#partial}`);
  }

  async #read(): Promise<void> {
    try {
      for await (const bytes of this.#options.stdin.read(this.#ending.signal)) {
        this.#press(this.#decoder.decode(bytes));
        this.#awaitRest();
      }
      if (!this.#hasEnded) this.#options.onEnd();
    } finally {
      this[Symbol.dispose]();
    }
  }

  /** What may be the start of a sequence is taken as it is when nothing comes any more. */
  #awaitRest(): void {
    this.#unfinished?.cancel();
    this.#unfinished = undefined;
    const { pending } = this.#decoder;
    if (pending === undefined || this.#hasEnded) return;
    const waitMs = pending === "escape" ? ESCAPE_MS : PASTE_MS;
    this.#unfinished = this.#options.clock.after(waitMs, () => this.#press(this.#decoder.flush()));
  }

  #press(keys: readonly Key[]): void {
    for (const key of keys) {
      for (const effect of this.#editor.press(key)) {
        if (this.#hasEnded) return; // by the one before
        this.#obey(effect);
      }
    }
    if (keys.length > 0) this.#schedule();
  }

  #obey(effect: EditEffect): void {
    switch (effect.type) {
      case "line":
        return this.#options.onLine(effect.line);
      case "interrupt":
        return this.#options.onInterrupt();
      case "end":
        return this.#options.onEnd();
      case "bell":
        this.#above += BELL;
        return;
      case "clear-screen":
        this.#above = `${CLEAR_SCREEN}${this.#above}`;
        return;
      case "candidates":
        return this.#list(effect.candidates);
      case "cut":
        return this.#say(
          `Cut what was pasted: a line has at most ${formatBytes(effect.maxLineBytes)}`,
        );
    }
  }

  #list(candidates: readonly string[]): void {
    const parts = candidates.slice(0, MAX_LISTED).map((candidate) => safeText(candidate.trim()));
    if (candidates.length > MAX_LISTED) parts.push("...");
    const columns = this.#columns();
    this.#say(packLines(parts, { separator: "  ", indent: "", columns }).join("\n"));
  }

  #say(lines: string): void {
    this.#above += `${lines}\n`;
  }

  #columns(): number {
    return this.#output.columns ?? DEFAULT_COLUMNS;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#hasEnded) return;
    this.#isScheduled = true;
    turn().then(() => {
      this.#isScheduled = false;
      if (!this.#hasEnded) this.#draw();
    });
  }

  #clear(): string {
    if (this.#drawnRows === 0) return "";
    return CLEAR_ROW_AND_BELOW + CLEAR_ROW_ABOVE.repeat(this.#drawnRows - 1);
  }

  /** One write, so that nothing flickers and nobody sees half of it. */
  #draw(): void {
    const columns = this.#columns();
    const { text, cursor, query } = this.#editor;
    const label = query === undefined ? this.#label : `search "${safeText(query)}": `;
    const { row, cursorColumn } = promptView({ label, text, cursor, columns });
    const rows = this.#status === "" ? [row] : [truncate(this.#status, columns - 1), row];
    const block = `${NO_WRAP}${rows.join("\r\n")}${WRAP}\r`;
    const toCursor = cursorColumn === 0 ? "" : `\u001b[${cursorColumn}C`;
    this.#output.write(`${this.#clear()}${this.#above}${block}${toCursor}`);
    this.#drawnRows = rows.length;
    this.#above = "";
  }
}
