import type { Key } from "./key.ts";
import type { LineHistory } from "./line_history.ts";
import type { LineText } from "./line_text.ts";

/** What a key did: it was for the search, with or without success, or ended it. */
export type SearchStep = "found" | "missed" | "ended" | "not-mine";

/** More is looked for by nobody. */
const MAX_QUERY_CHARS = 200;

/** Looks back through entered lines while somebody types a part of one. */
export class LineSearch {
  readonly #line: LineText;
  readonly #history: LineHistory;
  readonly #before: { readonly text: string; readonly cursor: number };
  #query = "";
  /** Number of the line that was found last. */
  #at: number | undefined;

  /** @param line is made to show what is found */
  constructor(line: LineText, history: LineHistory) {
    this.#line = line;
    this.#history = history;
    this.#before = { text: line.text, cursor: line.cursor };
  }

  get query(): string {
    return this.#query;
  }

  /** After `ended` and `not-mine` it is over; a key that was not for it is still to be obeyed. */
  press(key: Key): SearchStep {
    if (key.type === "text") {
      this.#query = (this.#query + key.text).slice(0, MAX_QUERY_CHARS);
      return this.#find(this.#at === undefined ? undefined : this.#at + 1);
    }
    if (key.type === "key" && key.name === "backspace") {
      this.#query = [...this.#query].slice(0, -1).join("");
      return this.#find(undefined);
    }
    if (key.type === "ctrl" && key.letter === "r") return this.#find(this.#at);
    if (key.type === "ctrl" && (key.letter === "c" || key.letter === "g")) {
      this.#line.set(this.#before.text, this.#before.cursor);
      return "ended";
    }
    return key.type === "key" && key.name === "escape" ? "ended" : "not-mine";
  }

  #find(before: number | undefined): SearchStep {
    if (this.#query === "") return "found";
    const found = this.#history.find(this.#query, before);
    if (found === undefined) return "missed";
    this.#at = found.at;
    this.#line.set(found.line, found.line.indexOf(this.#query));
    return "found";
  }
}
