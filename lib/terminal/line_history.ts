/** Lines that were entered, to go back to. */

/** Most lines that are kept. */
const MAX_LINES = 500;

/** Goes back and forth among entered lines; the line that is not finished waits at the end. */
export class LineHistory {
  readonly #lines: string[] = [];
  /** Which one is shown; as many as there are means the unfinished line. */
  #at = 0;
  #unfinished = "";

  /** Keeps a line that was entered, unless it is the same as the one before. */
  add(line: string): void {
    if (line !== this.#lines.at(-1)) this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#at = this.#lines.length;
    this.#unfinished = "";
  }

  /** The line before the one that is shown. @param shown what is typed now */
  up(shown: string): string | undefined {
    if (this.#at === 0) return undefined;
    if (this.#at === this.#lines.length) this.#unfinished = shown;
    return this.#lines[--this.#at];
  }

  /** The line after the one that is shown; at last the unfinished one. */
  down(): string | undefined {
    if (this.#at === this.#lines.length) return undefined;
    return this.#lines[++this.#at] ?? this.#unfinished;
  }

  /** The line that is shown was given up: up begins at the newest again. */
  leave(): void {
    this.#at = this.#lines.length;
    this.#unfinished = "";
  }

  /** The newest line with `part` in it that is older than line number `before`. */
  find(
    part: string,
    before: number = this.#lines.length,
  ): { readonly line: string; readonly at: number } | undefined {
    for (let at = Math.min(before, this.#lines.length) - 1; at >= 0; at--) {
      const line = this.#lines[at] ?? "";
      if (line.includes(part)) return { line, at };
    }
    return undefined;
  }
}
