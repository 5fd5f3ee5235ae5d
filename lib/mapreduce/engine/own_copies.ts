import type { Clock, Timer } from "../../clock/clock.ts";
import type { Input } from "../input/input.ts";

/** Time between two signs of life while a copy is looked for, in milliseconds. */
const PULSE_MS = 5000;

/** The worker's own copies of inputs: each is looked at once, as long as it is good. */
export class OwnCopies {
  readonly #clock: Clock;
  readonly #find: (input: Input) => Promise<string | undefined>;
  readonly #paths = new Map<number, Promise<string | undefined>>();

  /** @param find path of the copy of an input, if there is one that is the same */
  constructor(clock: Clock, find: (input: Input) => Promise<string | undefined>) {
    this.#clock = clock;
    this.#find = find;
  }

  /**
   * Path of the copy of an input, if there is one. That may take long, when all of it is compared.
   *
   * @param alive called now and then meanwhile
   */
  async pathOf(input: Input, alive: () => void): Promise<string | undefined> {
    let path = this.#paths.get(input.number);
    // What goes wrong in looking for one means that there is none.
    path ??= this.#find(input).catch(() => undefined);
    this.#paths.set(input.number, path);
    let timer: Timer | undefined;
    const pulse = () => {
      alive();
      timer = this.#clock.after(PULSE_MS, pulse);
    };
    pulse();
    try {
      return await path;
    } finally {
      timer?.cancel();
    }
  }

  /** A copy may have become bad: whoever asks next looks at it again. */
  forget({ number }: Input): void {
    this.#paths.delete(number);
  }
}
