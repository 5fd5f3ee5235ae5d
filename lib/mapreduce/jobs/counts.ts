/** Counters of a job by `group:counter`. */
export type Counts = Readonly<Record<string, number>>;

/** Most counters that one step may have; a name beyond is added to `tram:other counters`. */
export const MAX_COUNTERS = 200;

/** Most UTF-16 units of a counter's name. */
export const MAX_NAME_LENGTH = 200;

/** Counts by name, with a limit to the names. */
export class CountSet {
  readonly #counts = new Map<string, number>();

  /** Adds `n`, a whole number. A sum stays within 2^53. */
  add(group: string, counter: string, n: number): void {
    let name = `${group}:${counter}`.slice(0, MAX_NAME_LENGTH);
    if (!this.#counts.has(name) && this.#counts.size >= MAX_COUNTERS) name = "tram:other counters";
    const sum = (this.#counts.get(name) ?? 0) + n;
    const most = Number.MAX_SAFE_INTEGER;
    this.#counts.set(name, Math.max(-most, Math.min(most, sum)));
  }

  /** Adds all of `counts`. */
  addAll(counts: Counts): void {
    for (const [name, n] of Object.entries(counts)) {
      const colon = name.indexOf(":");
      this.add(name.slice(0, colon), name.slice(colon + 1), n);
    }
  }

  /** The counters, sorted by name. */
  toCounts(): Counts {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => a < b ? -1 : 1));
  }
}
