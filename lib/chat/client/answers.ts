/** Answers that are still to come on a connection, and who waits for the last of them. */
export class Answers {
  #pages = 0;
  #replies = 0;
  #waiters: (() => void)[] = [];

  /** Whether none is to come. */
  get areAllThere(): boolean {
    return this.#pages <= 0 && this.#replies <= 0;
  }

  /** A new connection: nothing was asked yet. */
  reset(): void {
    this.#pages = this.#replies = 0;
  }

  /** A room was asked for; or it has come, with `-1`. */
  page(by: 1 | -1): void {
    this.#pages += by;
    this.look();
  }

  /** Something else was asked for; or it has come, with `-1`. */
  reply(by: 1 | -1): void {
    this.#replies += by;
    this.look();
  }

  /** Has those who wait look again. */
  look(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  /** Resolves as soon as `isSettled`, which is looked at after each change. */
  async until(isSettled: () => boolean): Promise<void> {
    while (!isSettled()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }
}
