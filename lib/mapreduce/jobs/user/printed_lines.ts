/** Lines that are kept of what a job writes to the console. */
const KEPT_LINES = 5;
/** UTF-16 units that are kept of a line. */
const MAX_LENGTH = 200;

/** What a job writes to the console: the last lines, and how many there were. */
export class PrintedLines {
  #lines: string[] = [];
  #count = 0;

  /** Takes the arguments of `console.log`. Never throws. */
  print(args: readonly unknown[]): void {
    this.#count++;
    this.#lines.push(args.map(textOf).join(" ").slice(0, MAX_LENGTH));
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
  }

  /** Gives what there is, and forgets it. */
  take(): { readonly printed: readonly string[]; readonly printedLines: number } {
    const taken = { printed: this.#lines, printedLines: this.#count };
    this.#lines = [];
    this.#count = 0;
    return taken;
  }
}

function textOf(value: unknown): string {
  try {
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  } catch {
    return `[${typeof value}]`;
  }
}
