/**
 * Says what slow answers waited for: the client that did not run or was late, the server that did
 * not run, or the path between them. Pure: it is told times.
 *
 * An answer is slow when it comes later than three times the median round trip after its planned
 * time. What it took beyond the median is shared out. From when there was room for it: first what the
 * client was late or stopped, then what the server was stopped, and the rest is the path's (or a
 * server's that was busy for less than it can notice). While it was held back, it waited for what made
 * the queue before it: see {@linkcode Queue}.
 */
import { RunningMedian } from "./running_median.ts";
import type { Stop } from "./stop_watch.ts";

/** How many times the median an answer must take to count as slow. */
const SLOW_FACTOR = 3;

/** Stops that are remembered per side; older ones cannot overlap with what is under way. */
const MAX_STOPS = 16;

/** Who can be to blame, in the order in which times are put down to them. */
const CULPRITS = ["client", "server", "path"] as const;

/** Who is to blame for slow answers. */
export type Culprit = typeof CULPRITS[number];

/** Stops of one side. */
export interface Stops {
  count: number;
  totalNs: number;
  longestNs: number;
}

/** What slow answers waited for. */
export interface Blame {
  /** Slow answers. */
  readonly slow: number;
  /** What they took beyond the median, by cause, in nanoseconds. */
  readonly lostNs: Readonly<Record<Culprit, number>>;
  /** The cause of most of it; `undefined` when nothing was slow. */
  readonly culprit: Culprit | undefined;
  readonly stops: { readonly client: Stops; readonly server: Stops };
}

/** Times by cause, in nanoseconds. */
type Shares = Record<Culprit, number>;

/** When things happened to one answer, in nanoseconds of the client's clock. */
export interface AnswerTimes {
  /** Number of the connection: each has a queue of its own. */
  readonly client: number;
  readonly plannedNs: number;
  readonly writtenNs: number;
  readonly repliedNs: number;
  /** How long the client could have sent and did not. */
  readonly latenessNs: number;
}

/**
 * Why the requests of one connection are held back. What the queue grows by is put down to what
 * happened meanwhile; as it shrinks, all causes shrink alike. So a queue that a stop left behind is
 * the stop's until it is worked off, however slowly that goes.
 */
interface Queue {
  readonly causes: Shares;
  /** Of the request that was answered last, in nanoseconds. */
  heldNs: number;
  roomNs: number;
  latenessNs: number;
}

/** Collects what slow answers waited for. */
export class TailBlame {
  readonly #lostNs: Shares = { client: 0, server: 0, path: 0 };
  readonly #queues = new Map<number, Queue>();
  readonly #known: Readonly<Record<"client" | "server", Stop[]>> = { client: [], server: [] };
  readonly #stops = {
    client: { count: 0, totalNs: 0, longestNs: 0 },
    server: { count: 0, totalNs: 0, longestNs: 0 },
  };
  readonly #roundTrips = new RunningMedian();
  readonly #countFromNs: number;
  #slow = 0;

  /** @param countFromNs stops before do not count, though what is measured may wait for them */
  constructor(countFromNs = -Infinity) {
    this.#countFromNs = countFromNs;
  }

  /** One side did not run, by the client's clock. */
  stopped(side: "client" | "server", stop: Stop): void {
    const known = this.#known[side];
    const last = known.at(-1);
    if (last !== undefined && stop.fromNs < last.toNs) return; // told over another connection
    known.push(stop);
    if (known.length > MAX_STOPS) known.shift();
    const lengthNs = stop.toNs - Math.max(stop.fromNs, this.#countFromNs);
    if (lengthNs <= 0) return;
    const stops = this.#stops[side];
    stops.count++;
    stops.totalNs += lengthNs;
    stops.longestNs = Math.max(stops.longestNs, lengthNs);
  }

  /** An answer has come. */
  record({ client, plannedNs, writtenNs, repliedNs, latenessNs }: AnswerTimes): void {
    const tookNs = repliedNs - plannedNs;
    this.#roundTrips.record(repliedNs - writtenNs);
    const medianNs = this.#roundTrips.value;
    const roomNs = writtenNs - latenessNs;
    const causes = this.#heldFor(client, plannedNs, roomNs, latenessNs);
    if (tookNs <= SLOW_FACTOR * medianNs) return;
    this.#slow++;
    const ownNs = Math.max(0, repliedNs - roomNs - medianNs);
    const own = this.#share(ownNs, roomNs, repliedNs, latenessNs);
    for (const culprit of CULPRITS) this.#lostNs[culprit] += own[culprit] + causes[culprit];
  }

  /** What there is to say. */
  summary(): Blame {
    const lostNs = { ...this.#lostNs };
    const culprits = CULPRITS.toSorted((a, b) => lostNs[b] - lostNs[a]);
    return {
      slow: this.#slow,
      lostNs,
      culprit: this.#slow === 0 ? undefined : culprits[0],
      stops: { client: { ...this.#stops.client }, server: { ...this.#stops.server } },
    };
  }

  /** What a request waited for until there was room for it. */
  #heldFor(
    client: number,
    plannedNs: number,
    roomNs: number,
    latenessNs: number,
  ): Readonly<Shares> {
    const heldNs = roomNs - plannedNs;
    const queue = this.#queues.get(client) ??
      { causes: { client: 0, server: 0, path: 0 }, heldNs: 0, roomNs: plannedNs, latenessNs: 0 };
    this.#queues.set(client, queue);
    const { causes } = queue;
    if (heldNs > queue.heldNs) {
      const grownNs = heldNs - queue.heldNs;
      const grown = this.#share(grownNs, queue.roomNs, roomNs, queue.latenessNs);
      for (const culprit of CULPRITS) causes[culprit] += grown[culprit];
    } else if (heldNs < queue.heldNs) {
      for (const culprit of CULPRITS) causes[culprit] *= heldNs / queue.heldNs;
    }
    Object.assign(queue, { heldNs, roomNs, latenessNs });
    return causes;
  }

  /** Shares out `ns` that were lost between two times. */
  #share(ns: number, fromNs: number, toNs: number, latenessNs: number): Shares {
    const overlapNs = (stops: readonly Stop[]) =>
      stops.reduce(
        (sumNs, stop) =>
          sumNs + Math.max(0, Math.min(stop.toNs, toNs) - Math.max(stop.fromNs, fromNs)),
        0,
      );
    const client = Math.min(ns, Math.max(latenessNs, overlapNs(this.#known.client)));
    const server = Math.min(ns - client, overlapNs(this.#known.server));
    return { client, server, path: ns - client - server };
  }
}
