/** Runs what must not run at once, in the order in which it came. At rest it holds nothing. */
export class Turns {
  /** What runs or waits. */
  size = 0;
  #last: Promise<void> | undefined;

  /** Runs `work` when all before it has ended: now, if there is nothing. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.size++;
    const done = this.#last === undefined ? work() : this.#last.then(work);
    const clear = () => {
      this.size--;
      if (this.#last === last) this.#last = undefined;
    };
    const last = this.#last = done.then(clear, clear);
    return done;
  }
}
