import type { Clock, Timer } from "../../../lib/clock/clock.ts";
import type { Network, StreamListener } from "../../../lib/transport/network.ts";
import type { SimMachine } from "./sim_machine.ts";
import { guardListener, guardStream } from "./guard_stream.ts";

/**
 * A process of a machine: what it gets of the world goes through here, so that it can be stopped, and
 * killed at any moment. What was killed is not told: its timers never fire, what it waits for never
 * comes, and none of its code that cleans up runs.
 */
export class SimProcess {
  readonly machine: SimMachine;
  /** The machine's clocks, with timers that end with the process. */
  readonly clock: Clock;
  /** The machine's network. */
  readonly network: Network;
  #isDead = false;
  #isFrozen = false;
  readonly #timers = new Set<Timer>();
  readonly #held: (() => void)[] = [];
  readonly #listeners = new Set<StreamListener>();

  /** For the machine. */
  constructor(machine: SimMachine) {
    this.machine = machine;
    const { sim } = machine;
    this.clock = {
      monotonicNs: () => machine.clock.monotonicNs(),
      wallUs: () => machine.clock.wallUs(),
      after: (delayMs, run) => {
        if (this.#isDead) return { cancel() {} };
        const timer = sim.clock.after(machine.clock.trueMs(delayMs), () => {
          this.#timers.delete(timer);
          this.enter(() => isCancelled || run());
        });
        let isCancelled = false;
        this.#timers.add(timer);
        return {
          cancel: () => {
            isCancelled = true;
            this.#timers.delete(timer);
            timer.cancel();
          },
        };
      },
    };
    this.network = {
      isEncrypted: false,
      listen: (address) => {
        const listener = guardListener(this, sim.network.listen(address));
        sim.owns(machine, listener.address.port);
        this.#listeners.add(listener);
        return listener;
      },
      connect: async (address, signal) =>
        guardStream(this, await this.guard(sim.connect(machine, address, signal))),
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** Runs something of the outside in the process: now, when it runs again, or never. */
  enter(run: () => void): void {
    if (this.#isDead) return;
    if (this.#isFrozen) this.#held.push(run);
    else run();
  }

  /** What the process sees of a promise of the outside. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.enter(() => resolve(value)),
        (error) => this.enter(() => reject(error)),
      );
    });
  }

  /** It does not run until {@linkcode thaw}. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** What came meanwhile comes now, in order. */
  thaw(): void {
    this.#isFrozen = false;
    for (const run of this.#held.splice(0)) this.enter(run);
  }

  /** For the machine: nothing of it is seen any more. */
  kill(): void {
    this.#isDead = true;
    this.#held.length = 0;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    for (const listener of this.#listeners) listener.close();
  }
}
