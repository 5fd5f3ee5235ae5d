import type { MemoryLink } from "../../../lib/transport/memory_network.ts";
import type { PathSettings } from "../../../lib/transport/memory_path.ts";
import type { Fault } from "./fault.ts";
import type { Sim } from "./sim.ts";
import { SimClock } from "./sim_clock.ts";
import { SimDisk } from "./sim_disk.ts";
import { SimProcess } from "./sim_process.ts";

/** How a machine is. */
export interface MachineOptions {
  readonly name: string;
  /** How far its wall clock is ahead, in microseconds. @default {0} */
  readonly offsetUs?: number;
  /** By how many millionths its clocks run too fast. @default {0} */
  readonly ppm?: number;
  /** What its lines do to bytes on their way to others, besides what those of the others do. */
  readonly path?: PathSettings;
  /** Starts its program, at first and whenever it was killed. What outlives a process is outside. */
  readonly boot: (process: SimProcess) => void | Promise<void>;
  /** Called when it has lost its power: what was not synced goes. */
  readonly loseUnsynced?: (dice: number) => void;
}

/** A machine: clocks, a disk, lines, and one process at a time. */
export class SimMachine {
  readonly sim: Sim;
  readonly name: string;
  readonly disk: SimDisk;
  /** What its lines do to bytes on their way to others. */
  readonly path: PathSettings;
  clock: SimClock;
  /** The newest process; killed ones stay until the next. */
  process!: SimProcess;
  readonly #options: MachineOptions;
  readonly #links = new Set<MemoryLink>();
  /** How many faults that last a while do this now. */
  readonly #now = { stall: 0, part: 0, freeze: 0, down: 0, dark: 0, slowLine: 0 };
  #isStarted = false;

  /** For the simulation. */
  constructor(sim: Sim, options: MachineOptions) {
    const { name, offsetUs = 0, ppm = 0, path = {} } = options;
    this.sim = sim;
    this.name = name;
    this.path = path;
    this.#options = options;
    this.clock = new SimClock(sim.clock, offsetUs, ppm);
    this.disk = new SimDisk(sim.clock, sim.stream(`disk of ${name}`));
  }

  /** Starts its program; while it is down, as soon as it is up again. */
  async start(): Promise<void> {
    this.#isStarted = true;
    if (this.#now.down > 0) return;
    this.process = new SimProcess(this);
    if (this.#now.freeze > 0) this.process.freeze();
    await this.#options.boot(this.process);
  }

  /** Whether nothing comes of connecting to it, or from it to others, not even a refusal. */
  get isSilent(): boolean {
    return this.#now.part + this.#now.dark > 0;
  }

  /** For the simulation: a line that begins or ends here. */
  addLink(link: MemoryLink): void {
    this.#links.add(link);
    if (this.#now.stall + this.#now.part > 0) link.stall();
  }

  /** For the simulation: a line as slow as this machine makes it. */
  pathNow(): PathSettings {
    const { delayUs = 0, jitterUs = 0, bytesPerSecond = Infinity, ...rest } = this.path;
    if (this.#now.slowLine === 0) return { ...rest, delayUs, jitterUs, bytesPerSecond };
    return {
      ...rest,
      delayUs: delayUs + 300_000,
      jitterUs: jitterUs + 100_000,
      bytesPerSecond: Math.min(bytesPerSecond, 30_000),
    };
  }

  /** Something goes wrong. */
  begin(fault: Fault): void {
    const { kind, dice, forMs } = fault;
    switch (kind) {
      case "cut":
        return this.cut();
      case "storm":
        for (const machine of this.sim.machines) machine.cut();
        return;
      case "vanish":
        for (const link of this.#links) link.vanish();
        return;
      case "stall":
        this.#now.stall++;
        for (const link of this.#links) link.stall();
        return;
      case "part":
        this.#now.part++;
        for (const link of this.#links) link.stall();
        return;
      case "apart":
        return this.sim.setApart(this, fault, true);
      case "slow-line":
        this.#now.slowLine++;
        return this.sim.setPaths(this.#links);
      case "freeze":
        if (this.#now.freeze++ === 0) this.process?.freeze();
        return;
      case "kill":
        if (this.#now.down++ === 0) this.#die(false, dice);
        return;
      case "power":
        this.#now.dark++;
        if (this.#now.down++ === 0) this.#die(true, dice);
        return;
      case "slow-disk":
        return this.disk.slowDown(true, dice * Math.min(forMs, 2000));
      case "full-disk":
        return this.disk.fill(true);
      case "step": {
        // Mostly what people and NTP do, sometimes by hours.
        const byUs = Math.round((dice - 0.5) * (dice < 0.3 ? 7.2e9 : 4e6));
        this.sim.note(`the clock of ${this.name} is set by ${byUs} us`);
        return this.clock.step(byUs);
      }
      case "drift":
        return this.clock.drift((dice - 0.5) * 400);
    }
  }

  /** What went wrong is over. */
  async end(fault: Fault): Promise<void> {
    const { kind } = fault;
    switch (kind) {
      case "stall":
        this.#now.stall--;
        return this.#resume();
      case "part":
        this.#now.part--;
        return this.#resume();
      case "apart":
        return this.sim.setApart(this, fault, false);
      case "slow-line":
        this.#now.slowLine--;
        return this.sim.setPaths(this.#links);
      case "freeze":
        if (--this.#now.freeze === 0) this.process?.thaw();
        return;
      case "kill":
      case "power":
        if (kind === "power") this.#now.dark--;
        if (--this.#now.down === 0 && this.#isStarted) await this.start();
        return;
      case "slow-disk":
        return this.disk.slowDown(false, 0);
      case "full-disk":
        return this.disk.fill(false);
      case "drift":
        return this.clock.drift(this.#options.ppm ?? 0);
      default:
    }
  }

  /** Resets its lines. */
  cut(): void {
    for (const link of this.#links) link.cut();
    this.#links.clear();
  }

  #resume(): void {
    if (this.#now.stall + this.#now.part > 0) return;
    for (const link of this.#links) if (!this.sim.isStalled(link)) link.resume();
  }

  /** Whether its lines stand still. */
  get isStalled(): boolean {
    return this.#now.stall + this.#now.part > 0;
  }

  #die(hasLostPower: boolean, dice: number): void {
    this.process?.kill();
    this.disk.crash();
    if (!hasLostPower) return this.cut();
    for (const link of this.#links) link.vanish();
    this.#links.clear();
    this.#options.loseUnsynced?.(dice);
  }
}
