/** One at a time for each name, in the order in which they come. */
export class Mutex {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Waits for its turn.
   *
   * @returns whether it had to wait, and what ends its turn
   */
  async enter(name: string): Promise<{ readonly hasWaited: boolean; readonly leave: () => void }> {
    const before = this.#last.get(name);
    const turn = Promise.withResolvers<void>();
    this.#last.set(name, turn.promise);
    await before;
    return {
      hasWaited: before !== undefined,
      leave: () => {
        if (this.#last.get(name) === turn.promise) this.#last.delete(name);
        turn.resolve();
      },
    };
  }
}
