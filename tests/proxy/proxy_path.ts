/**
 * One direction of one connection through the proxy: reads, has the script applied, and writes what
 * is due. The reader and the writer are two loops that share the queue between them.
 *
 * 1. The reader stops while `maxWaitingBytes` or more wait to be written; one read or one frame may
 *    go above that. Frames that the script holds until another one comes do not count.
 * 2. While the direction is stalled the writer starts nothing; what it is writing it finishes.
 * 3. The end and a reset of the stream keep their place behind what was read before them.
 */
import type { Clock, Timer } from "../../lib/clock/clock.ts";
import type { ByteStream } from "../../lib/transport/network.ts";
import { writeAll } from "../../lib/transport/write_all.ts";
import type { Counters } from "./counters.ts";
import { FrameCutter } from "./frame_cutter.ts";
import { OutQueue, type Parcel } from "./out_queue.ts";
import type { Direction, DirectionRules } from "./scripts.ts";
import { type Release, Sequencer } from "./sequencer.ts";

/** Most bytes of one read, and of one write. */
const CHUNK_BYTES = 64 * 1024;

/** What all connections share of one direction. All but the counters may be changed at any time. */
export interface DirectionState {
  readonly counters: Counters;
  rules: DirectionRules | undefined;
  delayUs: number;
  bytesPerSecond: number;
  isStalled: boolean;
}

/** What a path is made of. */
export interface PathOptions {
  readonly source: ByteStream;
  readonly sink: ByteStream;
  readonly clock: Clock;
  readonly state: DirectionState;
  readonly where: { readonly connection: number; readonly direction: Direction };
  readonly maxWaitingBytes: number;
  /** Told once: `ended` when nothing more can be passed on, `torn` when both sides are to close. */
  readonly onOver: (how: "ended" | "torn") => void;
  /** Told of an error of the script; the path is torn then. */
  readonly onScriptError: (error: unknown) => void;
}

/** One direction of one connection. */
export class ProxyPath {
  /** Resolves when both loops have ended; never rejects. */
  readonly finished: Promise<unknown>;
  readonly #options: PathOptions;
  readonly #sequencer: Sequencer;
  readonly #queue = new OutQueue();
  #waitingBytes = 0;
  #lineFreeNs = 0;
  #isOver = false;
  #wakeWriter: (() => void) | undefined;
  #wakeReader: (() => void) | undefined;

  /** Starts both loops. */
  constructor(options: PathOptions) {
    this.#options = options;
    this.#sequencer = new Sequencer(options.where, options.state.counters);
    this.finished = Promise.all([this.#readAll(), this.#writeAll()]);
  }

  /** Looks again whether the direction is stalled. */
  wake(): void {
    this.#wakeWriter?.();
    this.#wakeReader?.();
  }

  /** Ends both loops, once what they wait for on the streams has failed; what waits is lost. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { counters } = this.#options.state;
    counters.lost += this.#queue.takeAll().filter(({ type }) => type === "frame").length;
    counters.lost += this.#sequencer.takeHeld().length;
    this.wake();
  }

  async #readAll(): Promise<void> {
    const { source, state: { counters }, maxWaitingBytes } = this.#options;
    const cutter = new FrameCutter();
    const buffer = new Uint8Array(CHUNK_BYTES);
    while (!this.#isOver) {
      if (this.#waitingBytes >= maxWaitingBytes) {
        await new Promise<void>((resolve) => this.#wakeReader = resolve);
        continue;
      }
      let count: number | null | undefined;
      try {
        count = await source.read(buffer);
      } catch {
        count = undefined;
      }
      if (this.#isOver) return;
      if (count === null || count === undefined) {
        this.#release(this.#sequencer.takeHeld());
        this.#passRaw(cutter.takeRest());
        return this.#pushLast(count === null ? "end" : "reset");
      }
      counters.bytesIn += count;
      cutter.push(buffer.subarray(0, count));
      if (!this.#takeFrames(cutter)) return;
    }
  }

  /** @returns whether to read on */
  #takeFrames(cutter: FrameCutter): boolean {
    const { clock, state, onScriptError } = this.#options;
    try {
      for (let frame = cutter.next(); frame !== undefined; frame = cutter.next()) {
        state.counters.framesIn++;
        const releases = this.#sequencer.take(frame, state.rules, clock.monotonicNs());
        this.#release(releases);
        if (releases[0]?.type === "cut") return false;
      }
    } catch (error) {
      state.counters.lost++;
      onScriptError(error);
      this.#over("torn");
      return false;
    }
    if (cutter.isMalformed) {
      this.#release(this.#sequencer.takeHeld());
      this.#passRaw(cutter.takeRest());
    }
    return true;
  }

  #passRaw(bytes: Uint8Array): void {
    this.#options.state.counters.rawBytes += bytes.length;
    if (bytes.length > 0) this.#release([{ type: "bytes", bytes, delayMs: 0 }]);
  }

  #release(releases: readonly Release[]): void {
    const { state } = this.#options;
    const dueNs = this.#dueNs();
    for (const { type, bytes, delayMs } of releases) {
      this.#waitingBytes += bytes.length;
      this.#queue.push({ type, bytes }, dueNs, delayMs * 1e6);
    }
    state.counters.peakWaitingBytes = Math.max(state.counters.peakWaitingBytes, this.#waitingBytes);
    this.#wakeWriter?.();
  }

  #pushLast(type: "end" | "reset"): void {
    this.#queue.pushLast({ type, bytes: new Uint8Array() }, this.#dueNs());
    this.#wakeWriter?.();
  }

  #dueNs(): number {
    const { clock, state } = this.#options;
    return clock.monotonicNs() + state.delayUs * 1000;
  }

  async #writeAll(): Promise<void> {
    const { clock, state } = this.#options;
    while (!this.#isOver) {
      // One at a time where the bandwidth is limited, so that each has a time of its own.
      const maxBytes = state.bytesPerSecond < Infinity ? 0 : CHUNK_BYTES;
      const parcels = state.isStalled ? [] : this.#queue.take(clock.monotonicNs(), maxBytes);
      if (parcels.length === 0) await this.#wait(this.#queue.nextDueNs);
      else if (!await this.#pass(parcels)) return;
    }
  }

  /** @returns whether to write on */
  async #pass(parcels: readonly Parcel[]): Promise<boolean> {
    const { sink, state: { counters } } = this.#options;
    const frames = parcels.filter(({ type }) => type === "frame").length;
    const last = parcels.at(-1)?.type;
    const bytes = concatenate(parcels.map((parcel) => parcel.bytes));
    let isOut = false;
    try {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        const slice = bytes.subarray(at, at + CHUNK_BYTES);
        await this.#pace(slice.length);
        if (this.#isOver) return false;
        await writeAll(sink, slice);
        counters.bytesOut += slice.length;
        this.#waitingBytes -= slice.length;
        this.#wakeReader?.();
      }
      isOut = true;
      if (last === "end") await sink.closeWrite();
    } catch {
      // The sink is gone. Its own direction says how, and ends the connection.
      this.#over("ended");
      return false;
    } finally {
      if (isOut) counters.framesOut += frames;
      else counters.lost += frames;
    }
    if (last === "end") this.#over("ended");
    else if (last === "cut" || last === "reset") this.#over("torn");
    return !this.#isOver;
  }

  /** Waits while the line is taken by `count` bytes, and while the direction is stalled. */
  async #pace(count: number): Promise<void> {
    const { clock, state } = this.#options;
    if (state.bytesPerSecond < Infinity) {
      const startNs = Math.max(clock.monotonicNs(), this.#lineFreeNs);
      this.#lineFreeNs = startNs + Math.round(count / state.bytesPerSecond * 1e9);
      while (!this.#isOver && this.#lineFreeNs > clock.monotonicNs() + 1) {
        await this.#wait(this.#lineFreeNs);
      }
    }
    while (!this.#isOver && state.isStalled) await this.#wait(undefined);
  }

  /** Until `wake()`, something new in the queue, or a time, unless the direction is stalled. */
  async #wait(untilNs: number | undefined): Promise<void> {
    const { clock, state } = this.#options;
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#wakeWriter = resolve;
      if (untilNs === undefined || state.isStalled) return;
      timer = clock.after((untilNs - clock.monotonicNs()) / 1e6, resolve);
    });
    this.#wakeWriter = undefined;
    timer?.cancel();
  }

  #over(how: "ended" | "torn"): void {
    if (this.#isOver) return;
    this.close();
    this.#options.onOver(how);
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const only = parts[0];
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
