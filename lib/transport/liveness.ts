import type { Clock } from "../clock/clock.ts";
import { PING_BYTES } from "./frame.ts";
import { Heartbeat } from "./heartbeat.ts";
import { heartbeatsOf } from "./heartbeats.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import type { Sender } from "./sender.ts";

/** What {@linkcode Liveness} watches and whom it tells. */
export interface LivenessOptions {
  readonly sender: Sender;
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Bytes received since the start. */
  readonly receivedBytes: () => number;
  /** Told of each heartbeat. */
  readonly onTick: () => void;
  /** Told when the peer is given up. */
  readonly onDead: (error: LineError) => void;
}

/** A PING that was not answered yet. */
interface PendingPing {
  readonly id: bigint;
  readonly sentNs: number;
  /** Bytes that had been written before it: its PONG confirms them. */
  readonly writtenBytes: number;
}

type Waiter = (roundTripNs: number | undefined) => void;

/** Asks the peer for signs of life, measures round trips, and knows what the peer has handled. */
export class Liveness {
  /** Newest round trip, in nanoseconds. */
  roundTripNs: number | undefined;
  /** Bytes of the lanes that the peer has handled for sure. */
  confirmedBytes = 0;
  readonly #options: LivenessOptions;
  readonly #heartbeat = new Heartbeat();
  #beating: Disposable | undefined;
  #pending: PendingPing | undefined;
  /** Who waits for the PONG that is due, and who came after its PING had left. */
  #waiting: Waiter[] = [];
  #waitingForNext: Waiter[] = [];
  #pings = 0n;

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  /** Begins to watch. */
  start(): void {
    const { clock, heartbeatMs, sender, receivedBytes, onTick, onDead } = this.#options;
    this.#beating = heartbeatsOf(clock, heartbeatMs).start(() => {
      onTick();
      const { writtenBytes, isWriting, writes } = sender;
      switch (this.#heartbeat.tick(receivedBytes(), writtenBytes, isWriting, writes)) {
        case "silent":
          this.#beating?.[Symbol.dispose]();
          return onDead(
            new LineError(LineErrorCode.Silent, "Nothing was heard for three heartbeats"),
          );
        case "stalled":
          this.#beating?.[Symbol.dispose]();
          return onDead(
            new LineError(LineErrorCode.SlowReader, "Nothing was taken for three heartbeats"),
          );
        case "ping":
          this.#sendPing();
      }
    });
  }

  /** Stops watching; pending measurements end with `undefined`. */
  stop(): void {
    this.#beating?.[Symbol.dispose]();
    for (const resolve of [...this.#waiting, ...this.#waitingForNext]) resolve(undefined);
    this.#waiting = this.#waitingForNext = [];
  }

  /** Measures a round trip that begins now or after the one under way, in nanoseconds. */
  ping(): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.#waitingForNext.push(resolve);
      this.#sendPing();
    });
  }

  /** Takes the payload of a PONG; one that answers no PING of ours is ignored. */
  onPong(payload: Uint8Array): void {
    const ping = this.#pending;
    const id = new DataView(payload.buffer, payload.byteOffset).getBigUint64(0);
    if (ping?.id !== id) return;
    this.#pending = undefined;
    this.roundTripNs = this.#options.clock.monotonicNs() - ping.sentNs;
    this.confirmedBytes = Math.max(this.confirmedBytes, ping.writtenBytes);
    for (const resolve of this.#waiting.splice(0)) resolve(this.roundTripNs);
    if (this.#waitingForNext.length > 0) this.#sendPing();
  }

  /** Sends a PING unless one is under way. */
  #sendPing(): void {
    if (this.#pending !== undefined) return;
    this.#waiting = this.#waitingForNext.splice(0);
    const { sender, clock } = this.#options;
    const id = ++this.#pings;
    this.#pending = { id, sentNs: clock.monotonicNs(), writtenBytes: sender.writtenBytes };
    const payload = new Uint8Array(PING_BYTES);
    new DataView(payload.buffer).setBigUint64(0, id);
    sender.ping(payload);
  }
}
