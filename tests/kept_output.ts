/** Output for tests. */
import type { Output } from "../lib/context.ts";

/** Output that is kept. */
export class KeptOutput implements Output {
  text = "";
  readonly columns: number | undefined;
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  readonly #waiting: {
    pattern: RegExp;
    resolve: (match: RegExpExecArray) => void;
  }[] = [];

  /** @param columns a terminal's width; `undefined` when it is not one */
  constructor(columns?: number, { hasColor = false }: { readonly hasColor?: boolean } = {}) {
    this.columns = columns;
    this.isTerminal = columns !== undefined;
    this.hasColor = hasColor;
  }

  write(text: string): void {
    this.text += text;
    for (const { pattern, resolve } of this.#waiting) {
      const match = pattern.exec(this.text);
      if (match !== null) resolve(match);
    }
  }

  /** Waits until what was written matches. */
  matching(pattern: RegExp): Promise<RegExpExecArray> {
    const match = pattern.exec(this.text);
    if (match !== null) return Promise.resolve(match);
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }));
  }
}
