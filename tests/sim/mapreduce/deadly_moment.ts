import type { Folder } from "../../../lib/mapreduce/engine/folder.ts";
import type { Fault } from "../core/fault.ts";
import type { Sim } from "../core/sim.ts";
import type { SimMachine } from "../core/sim_machine.ts";

/** Until when the coordinator may die in the middle of an output, in milliseconds. */
const DEADLY_MS = 20_000;

/**
 * In some runs the coordinator dies while it is sent an output, or makes it durable. That takes so
 * little time that faults which are drawn seldom hit it.
 */
export class DeadlyMoment {
  readonly #sim: Sim;
  /** Number of the output at which it happens, of all that are begun; 0 for none. */
  readonly #last: number;
  #outputs = 0;

  constructor(sim: Sim, partitions: number) {
    const random = sim.stream("whether to die");
    this.#sim = sim;
    this.#last = random.oneIn(3) && partitions > 0 ? random.between(1, partitions) : 0;
  }

  /** The folder as a machine sees it that dies then. */
  folderOf(machine: SimMachine, folder: Folder): Folder {
    return {
      ...folder,
      create: (name) => {
        if (name.startsWith(".part-") && ++this.#outputs === this.#last) this.#die(machine, name);
        return folder.create(name);
      },
    };
  }

  #die(machine: SimMachine, output: string): void {
    const { clock } = this.#sim;
    const atMs = clock.monotonicNs() / 1e6;
    if (atMs >= DEADLY_MS) return;
    const random = this.#sim.stream("death");
    const kind = random.pick(["kill", "power"] as const);
    const forMs = random.between(100, 4000);
    const dice = random.uint32() / 2 ** 32;
    const fault: Fault = { atMs, kind, machine: machine.name, forMs, dice };
    clock.after(random.below(random.pick([5, 500])), () => {
      this.#sim.note(`${kind} of the coordinator while ${output} comes`);
      this.#sim.count("died while an output came");
      machine.begin(fault);
      clock.after(forMs, () => void machine.end(fault));
    });
  }
}
