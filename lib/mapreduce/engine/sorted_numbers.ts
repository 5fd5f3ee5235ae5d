/** The median of numbers that come one by one; exact. Numbers are few: one for each task. */
export class SortedNumbers {
  readonly #sorted: number[] = [];

  /** Takes one more. */
  add(value: number): void {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    this.#sorted.splice(low, 0, value);
  }

  /** The middle one, the lower of two; `undefined` when there is none. */
  get median(): number | undefined {
    return this.#sorted[(this.#sorted.length - 1) >> 1];
  }
}
