import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { unreachable } from "../../../lib/transport/connect_tcp.ts";
import { type MemoryLink, MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import type { PathSettings } from "../../../lib/transport/memory_path.ts";
import type { Address, ByteStream } from "../../../lib/transport/network.ts";
import { Random } from "../../random.ts";
import { type Invariant, SimFailure } from "./failure.ts";
import { type Fault, faultText } from "./fault.ts";
import { type MachineOptions, SimMachine } from "./sim_machine.ts";

interface Watched {
  readonly name: string;
  readonly limit: number;
  readonly read: () => number;
  most: number;
}

/** How often what may grow is looked at, in milliseconds of true time. */
const WATCH_MS = 50;

/** Machines, the lines between them, true time, and one seed that decides everything. */
export class Sim {
  readonly seed: number;
  /** True time. What runs in the simulation sees the clocks of its machine instead. */
  readonly clock = new FakeClock();
  readonly network: MemoryNetwork;
  readonly machines: SimMachine[] = [];
  /** What happened, line by line. */
  readonly trace: string[] = [];
  /** How often things happened, to see that they do. */
  readonly counts = new Map<string, number>();
  readonly #faults: readonly Fault[];
  readonly #bug: string | undefined;
  readonly #ends = new Map<MemoryLink, readonly [SimMachine, SimMachine]>();
  readonly #owners = new Map<number, SimMachine>();
  /** Pairs of machines that cannot meet. */
  readonly #apart = new Map<Fault, readonly [SimMachine, SimMachine]>();
  readonly #watched: Watched[] = [];
  #digest = 0x811c9dc5;
  #failure: SimFailure | undefined;

  /** @param bug name of the deliberate bug that is switched on */
  constructor(seed: number, faults: readonly Fault[], bug?: string) {
    this.seed = seed;
    this.#faults = faults;
    this.#bug = bug;
    const jitter = this.stream("jitter");
    const random = () => jitter.uint32() / 2 ** 32;
    this.network = new MemoryNetwork({ clock: this.clock, random });
  }

  /** Numbers for one purpose: others do not change when it takes more or fewer. */
  stream(purpose: string): Random {
    let hash = this.seed ^ 0x9e3779b9;
    for (const letter of purpose) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
    return new Random(hash);
  }

  /** Whether the deliberate bug of this name is switched on. */
  hasBug(name: string): boolean {
    return this.#bug === name;
  }

  /** A machine. It does nothing before it is started. */
  machine(options: MachineOptions): SimMachine {
    const machine = new SimMachine(this, options);
    this.machines.push(machine);
    return machine;
  }

  /** Writes a line of the trace. */
  note(what: string): void {
    this.trace.push(`${(this.clock.monotonicNs() / 1e6).toFixed(3).padStart(11)} ms  ${what}`);
  }

  /** Counts something that happened. */
  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** The run fails unless `holds`. */
  check(invariant: Invariant, holds: boolean, message: string | (() => string)): void {
    if (!holds) this.fail(invariant, typeof message === "string" ? message : message());
  }

  /** The run fails; the first failure counts. */
  fail(invariant: Invariant, message: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new SimFailure(invariant, message);
    this.note(`FAILED ${invariant}: ${message}`);
  }

  /** What failed so far. */
  get failure(): SimFailure | undefined {
    return this.#failure;
  }

  /** Something that must not grow beyond `limit`, looked at every now and then. */
  watch(name: string, limit: number, read: () => number): void {
    this.#watched.push({ name, limit, read, most: 0 });
  }

  /** The most that was seen of each watched thing. */
  get most(): ReadonlyMap<string, number> {
    return new Map(this.#watched.map(({ name, most }) => [name, most]));
  }

  /** Takes bytes that somebody sent into the digest of this run. */
  digest(machine: string, bytes: Uint8Array): void {
    let hash = this.#digest ^ bytes.length ^ machine.length;
    hash = Math.imul(hash ^ Math.floor(this.clock.monotonicNs()), 0x01000193);
    const count = Math.min(bytes.length, 64);
    for (let i = 0; i < count; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
    this.#digest = hash >>> 0;
  }

  /** What was sent, by whom and when, in one number: the same for the same seed. */
  get digested(): number {
    return this.#digest;
  }

  /** Lets the faults happen at their times, until `untilMs` of true time, when all are over. */
  async play(untilMs: number): Promise<void> {
    const happenings = this.#faults.flatMap((fault) => [
      { atMs: fault.atMs, fault, isEnd: false },
      ...(fault.forMs > 0 ? [{ atMs: fault.atMs + fault.forMs, fault, isEnd: true }] : []),
    ]).sort((a, b) => a.atMs - b.atMs);
    for (const { atMs, fault, isEnd } of happenings) {
      await this.advanceTo(atMs);
      const machine = this.machines.find(({ name }) => name === fault.machine);
      if (machine === undefined) throw new Error(`There is no machine ${fault.machine}`);
      this.note(isEnd ? `${fault.kind} of ${fault.machine} is over` : faultText(fault).trim());
      if (!isEnd) this.count(`fault ${fault.kind}`);
      await (isEnd ? machine.end(fault) : machine.begin(fault));
      await settle();
    }
    await this.advanceTo(untilMs);
  }

  /** Lets time pass, and looks at what may grow. */
  async advanceTo(ms: number): Promise<void> {
    for (;;) {
      const leftMs = ms - this.clock.monotonicNs() / 1e6;
      if (leftMs <= 0) return;
      await this.clock.advance(Math.min(leftMs, WATCH_MS));
      this.#look();
    }
  }

  /**
   * Lets time pass until something holds.
   *
   * @param limitMs how long it may take; if it takes longer, the run fails
   * @returns false when it failed
   */
  async until(
    holds: () => boolean,
    what: string | (() => string),
    limitMs = 600_000,
  ): Promise<boolean> {
    const endMs = this.clock.monotonicNs() / 1e6 + limitMs;
    while (!holds()) {
      if (this.#failure !== undefined) return false;
      const nowMs = this.clock.monotonicNs() / 1e6;
      if (nowMs >= endMs) {
        const text = typeof what === "string" ? what : what();
        this.fail("ends", `after ${limitMs} ms without faults there is still no end: ${text}`);
        return false;
      }
      await this.advanceTo(nowMs + WATCH_MS);
    }
    return true;
  }

  /** Lets time pass until a promise is settled. */
  async done(promise: Promise<unknown>, what: string, limitMs?: number): Promise<boolean> {
    let isDone = false;
    promise.then(() => isDone = true, () => isDone = true);
    for (let turns = 0; turns < 20 && !isDone; turns++) await settle();
    return await this.until(() => isDone, what, limitMs);
  }

  /** For processes: a machine listens there, or has done so. */
  owns(machine: SimMachine, port: number): void {
    this.#owners.set(port, machine);
  }

  /** For processes: a line to whoever listens there. Silence ends with `signal`. */
  async connect(from: SimMachine, address: Address, signal: AbortSignal): Promise<ByteStream> {
    const to = this.#owners.get(address.port);
    if (from.isSilent || to?.isSilent || this.#areApart(from, to)) {
      if (signal.aborted) throw unreachable(address, signal, undefined);
      return await new Promise((_, reject) => {
        const onAbort = () => reject(unreachable(address, signal, undefined));
        signal.addEventListener("abort", onAbort, { once: true });
      });
    }
    const before = this.network.links.length;
    const connected = this.network.connect(address, signal);
    const link = this.network.links[before];
    if (to !== undefined && link !== undefined) {
      this.#ends.set(link, [from, to]);
      this.setPaths([link]);
      from.addLink(link);
      to.addLink(link);
    }
    return await connected;
  }

  /** For machines: whether a line stands still, for either of its ends or for both together. */
  isStalled(link: MemoryLink): boolean {
    const [from, to] = this.#ends.get(link) ?? [];
    return from?.isStalled || to?.isStalled || this.#areApart(from, to);
  }

  /** For machines: from now on, or until now, one cannot meet another, which the dice choose. */
  setApart(machine: SimMachine, fault: Fault, begins: boolean): void {
    const others = this.machines.filter((other) => other !== machine);
    const other = others[Math.floor(fault.dice * others.length)];
    if (begins && other !== undefined) {
      this.note(`${machine.name} and ${other.name} cannot meet`);
      this.#apart.set(fault, [machine, other]);
    }
    const pair = this.#apart.get(fault);
    if (!begins) this.#apart.delete(fault);
    for (const [link, ends] of this.#ends) {
      if (!pair?.every((end) => ends.includes(end))) continue;
      if (begins) link.stall();
      else if (!this.isStalled(link)) link.resume();
    }
  }

  #areApart(one: SimMachine | undefined, other: SimMachine | undefined): boolean {
    if (one === undefined || other === undefined || one === other) return false;
    return this.#apart.values().some((pair) => pair.includes(one) && pair.includes(other));
  }

  /** For machines: gives lines the delays that their ends have now. */
  setPaths(links: Iterable<MemoryLink>): void {
    for (const link of links) {
      const ends = this.#ends.get(link);
      if (ends === undefined) continue;
      const [from, to] = ends;
      Object.assign(link.there.settings, between(from.pathNow(), to.pathNow()));
      Object.assign(link.back.settings, between(to.pathNow(), from.pathNow()));
    }
  }

  #look(): void {
    for (const watched of this.#watched) {
      const value = watched.read();
      watched.most = Math.max(watched.most, value);
      const { name, limit } = watched;
      this.check("memory", value <= limit, () => `${name}: ${value}, at most ${limit} are allowed`);
    }
  }
}

/** A way out of one machine and into another: what both do to bytes. */
function between(out: PathSettings, into: PathSettings): PathSettings {
  return {
    delayUs: (out.delayUs ?? 0) + (into.delayUs ?? 0) / 4,
    jitterUs: (out.jitterUs ?? 0) + (into.jitterUs ?? 0) / 4,
    bytesPerSecond: Math.min(out.bytesPerSecond ?? Infinity, into.bytesPerSecond ?? Infinity),
    ...(out.windowBytes === undefined ? {} : { windowBytes: out.windowBytes }),
    ...(out.maxWriteBytes === undefined ? {} : { maxWriteBytes: out.maxWriteBytes }),
  };
}
