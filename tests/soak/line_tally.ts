/** What somebody did with a line: typed it, or was told that it is safe. */
interface Speaker {
  /** Lines have numbers from 1. */
  typed: number;
  /** Those that must be there: safe or acknowledged. */
  readonly owed: Set<number> | "all";
  readonly stored: Set<number>;
  /** Last number in each room. */
  readonly last: Map<string, number>;
}

/**
 * Compares lines that were said with those that are in a store: each once, in order, none missing. The
 * text of a line begins with its number: `17 what else it says`.
 */
export class LineTally {
  readonly #speakers = new Map<string, Speaker>();
  readonly #faults: string[] = [];

  /** Somebody who says lines. @param owes all lines that it typed, or only those that are `safe` */
  add(nick: string, owes: "all" | "safe"): void {
    const owed = owes === "all" ? "all" : new Set<number>();
    this.#speakers.set(nick, { typed: 0, owed, stored: new Set(), last: new Map() });
  }

  /** Somebody types a line. @returns its number */
  type(nick: string): number {
    return ++this.#speaker(nick).typed;
  }

  /** A line would outlive a kill by now. */
  safe(nick: string, text: string): void {
    const { owed } = this.#speaker(nick);
    if (owed !== "all") owed.add(numberOf(text));
  }

  /** A line of the store; those of a room come in the order of their ids. */
  store(room: string, nick: string, text: string): void {
    const number = numberOf(text);
    const speaker = this.#speakers.get(nick);
    const line = `line ${number} of ${nick} in ${room}`;
    if (speaker === undefined || !(number >= 1 && number <= speaker.typed)) {
      this.#faults.push(`${line} was never said: ${text.slice(0, 40)}`);
      return;
    }
    if (speaker.stored.has(number)) this.#faults.push(`${line} is there twice`);
    const before = speaker.last.get(room) ?? 0;
    if (number < before) this.#faults.push(`${line} comes after line ${before}`);
    speaker.stored.add(number);
    speaker.last.set(room, Math.max(before, number));
  }

  /** What is wrong, once all lines of the store were shown. */
  faults(): string[] {
    const faults = [...this.#faults];
    for (const [nick, { typed, owed, stored }] of this.#speakers) {
      const due = owed === "all" ? Array.from({ length: typed }, (_, at) => at + 1) : [...owed];
      const lost = due.filter((number) => !stored.has(number));
      if (lost.length > 0) {
        faults.push(`${lost.length} lines of ${nick} are lost, the first is ${lost[0]}`);
      }
    }
    return faults;
  }

  #speaker(nick: string): Speaker {
    const speaker = this.#speakers.get(nick);
    if (speaker === undefined) throw new RangeError(`Cannot find ${nick} among who speaks`);
    return speaker;
  }
}

function numberOf(text: string): number {
  return Number(/^(\d+) /.exec(text)?.[1] ?? NaN);
}
