/** One line of text with a cursor in it, which never stands inside of what belongs together. */
import { graphemesOf } from "./graphemes.ts";

const SPACE = /\s/u;
/** Part of a word, as far as moving by words goes. */
const WORD = /[\p{L}\p{N}\p{M}_]/u;

/** A line that is edited: steps are graphemes, so that an emoji of five characters is one step. */
export class LineText {
  #text = "";
  #cursor = 0;
  #killed = "";

  get text(): string {
    return this.#text;
  }

  /** UTF-16 index. */
  get cursor(): number {
    return this.#cursor;
  }

  /** @param cursor @default {at the end} */
  set(text: string, cursor: number = text.length): void {
    this.#text = text;
    this.#cursor = cursor;
    this.#keepWhole();
  }

  /** Puts text at the cursor, which goes behind it. */
  insert(added: string): void {
    this.replace(this.#cursor, added);
  }

  /** Puts text in the place of what stands between `from` and the cursor. */
  replace(from: number, added: string): void {
    const { before, after } = this.#parts();
    const kept = before.slice(0, from) + added;
    this.set(kept + after, kept.length);
  }

  left(): void {
    this.#cursor = this.#boundaries().findLast((at) => at < this.#cursor) ?? 0;
  }

  right(): void {
    this.#cursor = this.#boundaries().find((at) => at > this.#cursor) ?? this.#text.length;
  }

  home(): void {
    this.#cursor = 0;
  }

  end(): void {
    this.#cursor = this.#text.length;
  }

  /** To the start of the word, or of the one before. */
  wordLeft(): void {
    this.#cursor = this.#before(WORD);
  }

  /** To the end of the word, or of the next one. */
  wordRight(): void {
    this.#cursor = this.#after(WORD);
  }

  backspace(): void {
    const end = this.#cursor;
    this.left();
    this.#cut(this.#cursor, end);
  }

  delete(): void {
    const start = this.#cursor;
    this.right();
    this.#cut(start, this.#cursor);
  }

  killToEnd(): void {
    this.#kill(this.#cursor, this.#text.length);
  }

  killToStart(): void {
    this.#kill(0, this.#cursor);
  }

  /** Up to the space before. */
  killPart(): void {
    this.#kill(this.#before({ test: (text) => !SPACE.test(text) }), this.#cursor);
  }

  killWordLeft(): void {
    this.#kill(this.#before(WORD), this.#cursor);
  }

  killWordRight(): void {
    this.#kill(this.#cursor, this.#after(WORD));
  }

  /** What was killed last. */
  get killed(): string {
    return this.#killed;
  }

  /** Swaps the graphemes before and under the cursor; at the end, the last two. */
  transpose(): void {
    const all = this.#boundaries();
    const at = Math.min(all.indexOf(this.#cursor), all.length - 2);
    const [start, middle, end] = all.slice(Math.max(0, at - 1), at + 2);
    if (at < 1 || start === undefined || middle === undefined) return;
    const swapped = this.#text.slice(middle, end) + this.#text.slice(start, middle);
    this.set(this.#text.slice(0, start) + swapped + this.#text.slice(end), end);
  }

  #parts(): { readonly before: string; readonly after: string } {
    return { before: this.#text.slice(0, this.#cursor), after: this.#text.slice(this.#cursor) };
  }

  /** Where graphemes begin, and the end. */
  #boundaries(): number[] {
    const all = [0];
    let at = 0;
    for (const grapheme of graphemesOf(this.#text)) all.push(at += grapheme.text.length);
    return all;
  }

  /** Text that now stands side by side may belong together: the cursor goes behind it. */
  #keepWhole(): void {
    if (this.#cursor === this.#text.length) return;
    this.#cursor = this.#boundaries().find((at) => at >= this.#cursor) ?? this.#text.length;
  }

  #cut(start: number, end: number): void {
    this.set(this.#text.slice(0, start) + this.#text.slice(end), start);
  }

  #kill(start: number, end: number): void {
    if (start < end) this.#killed = this.#text.slice(start, end);
    this.#cut(start, end);
  }

  /** Start of the run of `wanted` that ends at or before the cursor. */
  #before(wanted: Pick<RegExp, "test">): number {
    const { before } = this.#parts();
    const graphemes = [...graphemesOf(before)].map(({ text }) => text);
    while (graphemes.length > 0 && !wanted.test(graphemes.at(-1) ?? "")) graphemes.pop();
    while (graphemes.length > 0 && wanted.test(graphemes.at(-1) ?? "")) graphemes.pop();
    return graphemes.join("").length;
  }

  /** End of the run of `wanted` that begins at or after the cursor. */
  #after(wanted: Pick<RegExp, "test">): number {
    const { after } = this.#parts();
    const graphemes = [...graphemesOf(after)].map(({ text }) => text).reverse();
    while (graphemes.length > 0 && !wanted.test(graphemes.at(-1) ?? "")) graphemes.pop();
    while (graphemes.length > 0 && wanted.test(graphemes.at(-1) ?? "")) graphemes.pop();
    return this.#text.length - graphemes.join("").length;
  }
}
