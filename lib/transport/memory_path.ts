/**
 * One direction of a connection in memory: bytes that are on their way, with the delay, the
 * bandwidth and the faults that a test wants.
 */
import type { Clock, Timer } from "../clock/clock.ts";

/** What a direction does to the bytes on it. All can be changed while it is in use. */
export interface PathSettings {
  /** Time on the way, in microseconds. @default {0} */
  delayUs?: number;
  /** Most that is added to the delay, evenly distributed, in microseconds. @default {0} */
  jitterUs?: number;
  /** Bytes per second. @default {Infinity} */
  bytesPerSecond?: number;
  /** Bytes that may be on the way or unread before writers wait. @default {256 KiB} */
  windowBytes?: number;
  /** Most bytes that one write takes, for partial writes. @default {Infinity} */
  maxWriteBytes?: number;
}

interface Parcel {
  readonly bytes: Uint8Array;
  readonly arrivesNs: number;
}

/** One direction of a connection in memory. */
export class MemoryPath {
  /** What it does to the bytes on it. */
  readonly settings: Required<PathSettings>;
  /** Writes that it took. */
  writes = 0;
  readonly #clock: Clock;
  readonly #random: () => number;
  #parcels: Parcel[] = [];
  #unreadBytes = 0;
  #lineFreeNs = 0;
  #lastArrivalNs = 0;
  #endNs: number | undefined;
  #failure: Error | undefined;
  #isStalled = false;
  #isVanished = false;
  #readerIsGone = false;
  #writerIsGone = false;
  #timer: Timer | undefined;
  readonly #readers: (() => void)[] = [];
  readonly #writers: (() => void)[] = [];

  /**
   * A direction that nothing has gone through yet.
   *
   * @param random gives numbers from 0 to below 1, for the jitter
   */
  constructor(clock: Clock, random: () => number, settings: PathSettings = {}) {
    this.#clock = clock;
    this.#random = random;
    this.settings = {
      delayUs: 0,
      jitterUs: 0,
      bytesPerSecond: Infinity,
      windowBytes: 256 * 1024,
      maxWriteBytes: Infinity,
      ...settings,
    };
  }

  /** Bytes go no further until {@linkcode resume}; nothing is lost. */
  stall(): void {
    this.#isStalled = true;
  }

  /** Ends a stall: what has arrived meanwhile can be read. */
  resume(): void {
    this.#isStalled = false;
    this.#wake();
  }

  /** Everything that is written from now on is lost without a sign: the half-open connection. */
  vanish(): void {
    this.#isVanished = true;
    this.#wake();
  }

  /** Both ends fail at once, and what is on the way is lost. */
  cut(): void {
    this.fail(Object.assign(new Error("connection reset"), { code: "ECONNRESET" }));
  }

  /** For the stream: ends with `error` at both ends. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#drop();
    this.#wake();
  }

  /** For the reader's end: nobody reads any more. */
  abandon(): void {
    this.#readerIsGone = true;
    this.#drop();
    this.#wake();
  }

  /** For the writer's end: no more bytes follow. */
  end(): void {
    this.#writerIsGone = true;
    if (!this.#isVanished) this.#endNs ??= this.#arrivalNs(0);
    this.#wake();
  }

  /** Takes some of `bytes`, at least one; waits while the window is full. */
  async write(bytes: Uint8Array): Promise<number> {
    const { windowBytes, maxWriteBytes } = this.settings;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#writerIsGone || this.#readerIsGone) throw brokenPipe();
      if (this.#unreadBytes < windowBytes) break;
      await new Promise<void>((resolve) => this.#writers.push(resolve));
    }
    const room = windowBytes - this.#unreadBytes;
    const count = Math.min(bytes.length, room, Math.max(1, maxWriteBytes));
    this.writes++;
    this.#unreadBytes += count;
    if (!this.#isVanished) {
      this.#parcels.push({ bytes: bytes.slice(0, count), arrivesNs: this.#arrivalNs(count) });
      this.#wake();
    }
    return count;
  }

  /** Reads what has arrived, or `null` at the end. */
  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#readerIsGone) throw new Error("operation canceled");
      const count = this.#isStalled ? 0 : this.#deliver(into);
      if (count > 0) return count;
      if (this.#isOver()) return null;
      this.#wakeAtNextArrival();
      await new Promise<void>((resolve) => this.#readers.push(resolve));
    }
  }

  #isOver(): boolean {
    return !this.#isStalled && this.#parcels.length === 0 &&
      this.#endNs !== undefined && this.#endNs <= this.#clock.monotonicNs();
  }

  /** Bytes keep their order: none arrives before those that were written earlier. */
  #arrivalNs(count: number): number {
    const { delayUs, jitterUs, bytesPerSecond } = this.settings;
    const startNs = Math.max(this.#clock.monotonicNs(), this.#lineFreeNs);
    this.#lineFreeNs = startNs + count / bytesPerSecond * 1e9;
    const onTheWayNs = (delayUs + jitterUs * this.#random()) * 1000;
    this.#lastArrivalNs = Math.max(this.#lastArrivalNs, this.#lineFreeNs + onTheWayNs);
    return this.#lastArrivalNs;
  }

  #deliver(into: Uint8Array): number {
    const nowNs = this.#clock.monotonicNs();
    let count = 0;
    while (count < into.length) {
      const parcel = this.#parcels[0];
      if (parcel === undefined || parcel.arrivesNs > nowNs) break;
      const taken = parcel.bytes.subarray(0, into.length - count);
      into.set(taken, count);
      count += taken.length;
      if (taken.length === parcel.bytes.length) this.#parcels.shift();
      else this.#parcels[0] = { ...parcel, bytes: parcel.bytes.subarray(taken.length) };
    }
    this.#unreadBytes -= count;
    if (count > 0) { for (const wake of this.#writers.splice(0)) wake(); }
    return count;
  }

  #drop(): void {
    this.#parcels = [];
    this.#timer?.cancel();
  }

  #wake(): void {
    for (const wake of this.#readers.splice(0)) wake();
    if (this.#failure !== undefined || this.#readerIsGone || this.#writerIsGone) {
      for (const wake of this.#writers.splice(0)) wake();
    }
  }

  #wakeAtNextArrival(): void {
    const nextNs = this.#parcels[0]?.arrivesNs ?? this.#endNs;
    this.#timer?.cancel();
    if (nextNs === undefined || this.#isStalled) return;
    const waitMs = (nextNs - this.#clock.monotonicNs()) / 1e6;
    if (waitMs > 0) this.#timer = this.#clock.after(waitMs, () => this.#wake());
  }
}

/** What writing to a connection raises whose other end is closed. */
function brokenPipe(): Error {
  return Object.assign(new Error("broken pipe"), { code: "EPIPE" });
}
