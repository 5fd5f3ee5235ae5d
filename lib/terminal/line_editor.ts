/** What keys do to a line that is typed; Emacs keys, as in a shell. */
import { completeLine, type Completion } from "./complete_line.ts";
import { cutToBytes } from "./cut_to_bytes.ts";
import type { Key, KeyName } from "./key.ts";
import { LineHistory } from "./line_history.ts";
import { LineSearch } from "./line_search.ts";
import { LineText } from "./line_text.ts";

/** What a key asks of the world outside of the line. */
export type EditEffect =
  /** A line was entered; it is never empty. */
  | { readonly type: "line"; readonly line: string }
  /** ^C on an empty line. */
  | { readonly type: "interrupt" }
  /** ^D on an empty line. */
  | { readonly type: "end" }
  /** The key could do nothing. */
  | { readonly type: "bell" }
  /** ^L. */
  | { readonly type: "clear-screen" }
  /** What could stand at the cursor. */
  | { readonly type: "candidates"; readonly candidates: readonly string[] }
  /** What was pasted did not fit. */
  | { readonly type: "cut"; readonly maxLineBytes: number };

/** Settings of a {@linkcode LineEditor}. */
export interface LineEditorOptions {
  readonly complete?: ((text: string, cursor: number) => Completion) | undefined;
  /** Longest line, in bytes of UTF-8; or how long a line may be that reads so. */
  readonly maxLineBytes: number | ((text: string) => number);
}

const LINE_END = /\r\n|\r|\n/;

/** One line that is typed, with those before it. Does no input or output. */
export class LineEditor {
  readonly #options: LineEditorOptions;
  readonly #line = new LineText();
  readonly #history = new LineHistory();
  #search: LineSearch | undefined;
  /** The key before was a Tab that found several candidates. */
  #hasTabbed = false;
  /** What is pasted did not fit, and the rest of its line does not matter. */
  #isCut = false;
  #effects: EditEffect[] = [];

  constructor(options: LineEditorOptions) {
    this.#options = options;
  }

  get text(): string {
    return this.#line.text;
  }

  /** UTF-16 index. */
  get cursor(): number {
    return this.#line.cursor;
  }

  /** What is looked for in the lines before; `undefined` when nothing is. */
  get query(): string | undefined {
    return this.#search?.query;
  }

  /** Obeys a key; says what is to be done about it, in order. */
  press(key: Key): EditEffect[] {
    this.#effects = [];
    const hadTabbed = this.#hasTabbed;
    this.#hasTabbed = false;
    if (key.type !== "paste") this.#isCut = false;
    if (!this.#isForSearch(key)) {
      if (key.type === "text") this.#insert(key.text, "bell");
      else if (key.type === "paste") this.#paste(key.text);
      else if (key.type === "ctrl") this.#ctrl[key.letter]?.();
      else if (key.type === "alt") this.#alt[key.letter]?.();
      else if (key.name === "tab") this.#complete(hadTabbed);
      else this.#named[key.name]?.();
    }
    return this.#effects;
  }

  readonly #named: Readonly<Partial<Record<KeyName, () => void>>> = {
    "enter": () => this.#enter(),
    "backspace": () => this.#line.backspace(),
    "delete": () => this.#line.delete(),
    "left": () => this.#line.left(),
    "right": () => this.#line.right(),
    "up": () => this.#show(this.#history.up(this.text)),
    "down": () => this.#show(this.#history.down()),
    "home": () => this.#line.home(),
    "end": () => this.#line.end(),
    "word-left": () => this.#line.wordLeft(),
    "word-right": () => this.#line.wordRight(),
  };

  readonly #ctrl: Readonly<Record<string, () => void>> = {
    a: () => this.#line.home(),
    b: () => this.#line.left(),
    c: () => this.#interrupt(),
    d: () => this.text === "" ? this.#tell("end") : this.#line.delete(),
    e: () => this.#line.end(),
    f: () => this.#line.right(),
    k: () => this.#line.killToEnd(),
    l: () => this.#tell("clear-screen"),
    n: () => this.#show(this.#history.down()),
    p: () => this.#show(this.#history.up(this.text)),
    r: () => this.#search = new LineSearch(this.#line, this.#history),
    t: () => this.#line.transpose(),
    u: () => this.#line.killToStart(),
    w: () => this.#line.killPart(),
    y: () => this.#insert(this.#line.killed, "bell"),
  };

  readonly #alt: Readonly<Record<string, () => void>> = {
    b: () => this.#line.wordLeft(),
    d: () => this.#line.killWordRight(),
    f: () => this.#line.wordRight(),
    "\u007f": () => this.#line.killWordLeft(),
  };

  #tell(type: "interrupt" | "end" | "bell" | "clear-screen"): void {
    this.#effects.push({ type });
  }

  #isForSearch(key: Key): boolean {
    const step = this.#search?.press(key) ?? "not-mine";
    if (step === "missed") this.#tell("bell");
    if (step === "ended" || step === "not-mine") this.#search = undefined;
    return step !== "not-mine";
  }

  #enter(): void {
    const line = this.text;
    this.#line.set("");
    this.#send(line);
  }

  #send(line: string): void {
    this.#isCut = false;
    if (line === "") return;
    this.#history.add(line);
    this.#effects.push({ type: "line", line });
  }

  #interrupt(): void {
    if (this.text === "") return this.#tell("interrupt");
    this.#history.leave();
    this.#line.set("");
  }

  #show(line: string | undefined): void {
    if (line === undefined) this.#tell("bell");
    else this.#line.set(line);
  }

  /** Each line feed in it enters what stands before; what stood behind the cursor stays there. */
  #paste(text: string): void {
    const [first = "", ...others] = text.split(LINE_END);
    this.#insert(first, "cut");
    for (const part of others) {
      const line = this.text.slice(0, this.cursor);
      this.#line.set(this.text.slice(this.cursor), 0);
      this.#send(line);
      this.#insert(part, "cut");
    }
  }

  /** @param otherwise what to tell when not all of it fits */
  #insert(text: string, otherwise: "bell" | "cut"): void {
    if (this.#isCut) return;
    const clean = withoutControl(text);
    const { text: line, cursor } = this;
    const maxLineBytes = this.#maxBytes(line.slice(0, cursor) + clean + line.slice(cursor));
    const fitting = cutToBytes(clean, Math.max(0, maxLineBytes - bytesIn(line)));
    this.#line.insert(fitting);
    if (fitting.length === clean.length) return;
    if (otherwise === "bell") return this.#tell("bell");
    this.#effects.push({ type: "cut", maxLineBytes });
    this.#isCut = true;
  }

  #maxBytes(text: string): number {
    const { maxLineBytes } = this.#options;
    return typeof maxLineBytes === "number" ? maxLineBytes : maxLineBytes(text);
  }

  #complete(isSecond: boolean): void {
    const { from, candidates } = this.#options.complete?.(this.text, this.cursor) ??
      { from: this.cursor, candidates: [] };
    if (candidates.length === 0) return this.#tell("bell");
    const completed = completeLine(this.text.slice(from, this.cursor), candidates);
    if (completed !== undefined) {
      const clean = withoutControl(completed);
      const typedBytes = bytesIn(this.text.slice(from, this.cursor));
      const newBytes = bytesIn(this.text) - typedBytes + bytesIn(clean);
      if (newBytes > this.#maxBytes(this.text)) return this.#tell("bell");
      this.#line.replace(from, clean);
    } else if (isSecond) this.#effects.push({ type: "candidates", candidates });
    else this.#tell("bell");
    this.#hasTabbed = candidates.length > 1;
  }
}

/** Nothing that a terminal obeys gets into a line; a tab parts words and becomes a space. */
function withoutControl(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(/\p{Cc}/gu, "");
}

function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length;
}
