/**
 * Carries runs from one worker to another through the coordinator, where the two cannot meet. Who has a run
 * and does not give it as a whole, or says nothing for long, has lost it: nobody waits for it for ever.
 */
import type { FrameView } from "../../transport/frame_view.ts";
import type { AttemptName } from "./attempt_name.ts";
import type { DataEnd, Fetch } from "./messages.ts";
import { ENGINE_BYTES, mapreduceService } from "./protocol.ts";
import type { WorkerLine } from "./worker_line.ts";

const { data, dataEnd, fetch } = mapreduceService.kinds;

/** Time in which a worker that is asked for runs has to say something, in milliseconds. */
export const SILENT_MS = 15_000;

/** Time in which it has to say more than a trickle, in milliseconds. */
export const TRICKLE_MS = 60_000;

/** Bytes that are more than a trickle. */
const TRICKLE_BYTES = 4096;

/** Runs that one worker may wait for: four in each of its at most 4,096 slots, and some given up. */
const MAX_RELAYS = 20_000;

interface Relay {
  readonly from: WorkerLine;
  readonly to: WorkerLine;
  /** Number of the request at the one who asked. */
  readonly id: number;
  readonly name: AttemptName;
  /** Ends when what has come was sent on. */
  last: Promise<unknown>;
  /** Bytes that have come. */
  bytes: number;
  /** Pieces that wait to be sent on. */
  waiting: number;
}

/** Options of a {@linkcode RelayDesk}. */
export interface RelayDeskOptions {
  /** The worker that has the output of this very attempt, if it is the winner and there. */
  readonly holder: (name: AttemptName) => WorkerLine | undefined;
  /** Told when a worker does not have what it should. */
  readonly onLost: (name: AttemptName) => void;
}

/** Carries runs from one worker to another. */
export class RelayDesk {
  /** Bytes of runs that were carried. */
  relayedBytes = 0;
  readonly #options: RelayDeskOptions;
  readonly #relays = new Map<number, Relay>();
  /** Since when nothing has come of those who are asked for something. */
  readonly #silentSinceMs = new Map<WorkerLine, number>();
  /** Since when no more than so many bytes have. */
  readonly #trickles = new Map<WorkerLine, { readonly sinceMs: number; bytes: number }>();
  /** Runs that they wait for, by who asks. */
  readonly #asked = new Map<WorkerLine, number>();
  #lastId = 0;

  /** A desk with nothing on it. */
  constructor(options: RelayDeskOptions) {
    this.#options = options;
  }

  /** A worker asks for a run. */
  fetch(to: WorkerLine, { id, name, partition }: Fetch): void {
    const from = this.#options.holder(name);
    if (from === undefined) {
      const failure = { code: "gone", message: "nobody has it any more" };
      return void to.post.bulk(dataEnd, { id, bytes: 0, failure });
    }
    const asked = (this.#asked.get(to) ?? 0) + 1;
    if (asked > MAX_RELAYS) {
      return void to.post.connection.abort("mapreduce.flood", "Too many FETCH wait for an answer");
    }
    this.#asked.set(to, asked);
    const relayId = this.#lastId = (this.#lastId + 1) % 2 ** 32;
    const last = Promise.resolve();
    this.#relays.set(relayId, { from, to, id, name, last, bytes: 0, waiting: 0 });
    from.post.post(fetch, { id: relayId, name, partition });
  }

  /** A piece of a run has come. */
  data(from: WorkerLine, view: FrameView): void {
    const relay = this.#relays.get(view.getUint32(0));
    const frameBytes = view.length + 5;
    const release = () => from.post.connection.releaseBulk(frameBytes);
    if (relay === undefined || relay.from !== from) return release();
    const bytes = view.copy(ENGINE_BYTES.dataHead);
    this.#silentSinceMs.delete(from);
    const trickle = this.#trickles.get(from);
    if (trickle !== undefined && (trickle.bytes += bytes.length) >= TRICKLE_BYTES) {
      this.#trickles.delete(from);
    }
    this.relayedBytes += bytes.length;
    relay.bytes += bytes.length;
    relay.waiting++;
    relay.last = relay.last.then(() => relay.to.post.pieces(data, [relay.id], bytes)).finally(
      () => {
        relay.waiting--;
        release();
      },
    );
  }

  /** A worker has sent something else, which may have gone before a run. */
  heard(from: WorkerLine): void {
    this.#silentSinceMs.delete(from);
    this.#trickles.delete(from);
  }

  /** A run is over. */
  dataEnd(from: WorkerLine, end: DataEnd): void {
    const relay = this.#relays.get(end.id);
    if (relay === undefined || relay.from !== from) return;
    this.heard(from);
    this.#forget(end.id, relay);
    const isShort = end.bytes !== relay.bytes;
    const message = end.failure?.message ?? `${relay.bytes} of ${end.bytes} bytes came`;
    const isLost = end.failure !== undefined || isShort;
    const failure = isLost ? { failure: { code: "gone", message } } : {};
    if (isLost) this.#options.onLost(relay.name);
    const { bytes, id, to } = relay;
    relay.last = relay.last.then(() => to.post.bulk(dataEnd, { id, bytes, ...failure }));
  }

  /**
   * Ends what is asked of workers that have said nothing for {@linkcode SILENT_MS}, or next to nothing
   * for {@linkcode TRICKLE_MS}.
   */
  tick(nowMs: number): void {
    const awaited = new Set<WorkerLine>();
    const busy = new Set<WorkerLine>();
    for (const { from, waiting } of this.#relays.values()) {
      awaited.add(from);
      if (waiting > 0) busy.add(from); // it gets no credit, so that it cannot go on
    }
    for (const line of [...this.#silentSinceMs.keys(), ...this.#trickles.keys()]) {
      if (!awaited.has(line)) this.heard(line);
    }
    const silent = new Set<WorkerLine>();
    for (const { from } of this.#relays.values()) {
      const sinceMs = this.#silentSinceMs.get(from);
      const trickle = this.#trickles.get(from);
      if (sinceMs === undefined || busy.has(from)) this.#silentSinceMs.set(from, nowMs);
      else if (nowMs - sinceMs >= SILENT_MS) silent.add(from);
      if (trickle === undefined || busy.has(from)) {
        this.#trickles.set(from, { sinceMs: nowMs, bytes: 0 });
      } else if (nowMs - trickle.sinceMs >= TRICKLE_MS) silent.add(from);
    }
    for (const from of silent) this.#endAll(from, "the worker that has it does not answer");
  }

  /** A worker has left. */
  left(line: WorkerLine): void {
    this.#endAll(line, "the worker that had it has left");
    for (const [relayId, relay] of this.#relays) {
      if (relay.to === line) this.#forget(relayId, relay);
    }
    this.#asked.delete(line);
  }

  #endAll(from: WorkerLine, message: string): void {
    for (const [id, relay] of this.#relays) {
      if (relay.from !== from) continue;
      this.dataEnd(from, { id, bytes: 0, failure: { code: "gone", message } });
    }
    this.heard(from);
  }

  #forget(relayId: number, { to }: Relay): void {
    this.#relays.delete(relayId);
    this.#asked.set(to, (this.#asked.get(to) ?? 1) - 1);
  }
}
