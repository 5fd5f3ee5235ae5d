import type { Screen } from "../../terminal/screen.ts";
import { foldNames } from "../hosts/fold_names.ts";
import type { Machine } from "../hosts/machine.ts";

/** A line at the bottom of the screen: how many machines are done, and which are waited for. */
export class WaitView implements Disposable {
  readonly #screen: Screen;
  readonly #total: number;
  readonly #waited: Set<string>;

  constructor(screen: Screen, machines: readonly Machine[]) {
    this.#screen = screen;
    this.#total = machines.length;
    this.#waited = new Set(machines.map(({ name }) => name));
    this.#show();
  }

  /** A machine is done. */
  done({ name }: Machine): void {
    this.#waited.delete(name);
    this.#show();
  }

  [Symbol.dispose](): void {
    this.#screen.show([]);
  }

  #show(): void {
    if (!this.#screen.isTerminal) return;
    const done = `${this.#total - this.#waited.size} of ${this.#total} done`;
    this.#screen.show([`${done}; waiting for ${foldNames(this.#waited)}`]);
  }
}
