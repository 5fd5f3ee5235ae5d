/** Values of a group that come in pieces, for a reducer that asks for one after the other. */
export class ValueFeed<T> implements AsyncIterable<T> {
  #values: T[] = [];
  #at = 0;
  #hasEnded = false;
  #isTaken = false;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;

  /** Adds values. */
  push(values: readonly T[]): void {
    this.#values = this.#values.slice(this.#at).concat(values);
    this.#at = 0;
    this.#wake?.();
  }

  /** No more come. */
  end(): void {
    this.#hasEnded = true;
    this.#wake?.();
  }

  /** Resolves when all values so far were taken, and more are asked for. */
  drained(): Promise<void> {
    if (this.#wake !== undefined && this.#at === this.#values.length) return Promise.resolve();
    return new Promise((resolve) => this.#drained = resolve);
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    if (this.#isTaken) throw new TypeError("The values of a group can be read only once");
    this.#isTaken = true;
    return { next: () => this.#next() };
  }

  async #next(): Promise<IteratorResult<T>> {
    while (this.#at === this.#values.length) {
      if (this.#hasEnded) return { done: true, value: undefined };
      const more = new Promise<void>((resolve) => this.#wake = resolve);
      this.#drained?.();
      this.#drained = undefined;
      await more;
      this.#wake = undefined;
    }
    return { done: false, value: this.#values[this.#at++] as T };
  }
}
