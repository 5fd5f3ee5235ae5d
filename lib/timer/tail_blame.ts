/**
 * Says what slow answers waited for: the client that did not run or was late, the server that did
 * not run, or the path between them. Pure: it is told times.
 *
 * An answer is slow when it comes later than three times the median round trip after its planned
 * time. What it took beyond the median is shared out: first what the client was late or stopped, then
 * what the server was stopped, and the rest is the path's (or a server's that was busy for less than
 * it can notice).
 */
import { RunningMedian } from "./running_median.ts";
import type { Stop } from "./stop_watch.ts";

/** How many times the median an answer must take to count as slow. */
const SLOW_FACTOR = 3;

/** Stops that are remembered per side; older ones cannot overlap with what is under way. */
const MAX_STOPS = 16;

/** Who is to blame for slow answers. */
export type Culprit = "client" | "server" | "path";

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

/** When things happened to one answer, in nanoseconds of the client's clock. */
export interface AnswerTimes {
  readonly plannedNs: number;
  readonly writtenNs: number;
  readonly repliedNs: number;
  /** How long the client could have sent and did not. */
  readonly latenessNs: number;
}

/** Collects what slow answers waited for. */
export class TailBlame {
  readonly #lostNs = { client: 0, server: 0, path: 0 };
  readonly #known: Readonly<Record<"client" | "server", Stop[]>> = { client: [], server: [] };
  readonly #stops = {
    client: { count: 0, totalNs: 0, longestNs: 0 },
    server: { count: 0, totalNs: 0, longestNs: 0 },
  };
  readonly #roundTrips = new RunningMedian();
  #slow = 0;

  /** One side did not run, by the client's clock. */
  stopped(side: "client" | "server", stop: Stop): void {
    const known = this.#known[side];
    const last = known.at(-1);
    if (last !== undefined && stop.fromNs < last.toNs) return; // told over another connection
    known.push(stop);
    if (known.length > MAX_STOPS) known.shift();
    const lengthNs = stop.toNs - stop.fromNs;
    const stops = this.#stops[side];
    stops.count++;
    stops.totalNs += lengthNs;
    stops.longestNs = Math.max(stops.longestNs, lengthNs);
  }

  /** An answer has come. */
  record({ plannedNs, writtenNs, repliedNs, latenessNs }: AnswerTimes): void {
    const tookNs = repliedNs - plannedNs;
    this.#roundTrips.record(repliedNs - writtenNs);
    const medianNs = this.#roundTrips.value;
    if (tookNs <= SLOW_FACTOR * medianNs) return;
    this.#slow++;
    let leftNs = tookNs - medianNs;
    const take = (culprit: Culprit, ns: number) => {
      const taken = Math.min(leftNs, ns);
      this.#lostNs[culprit] += taken;
      leftNs -= taken;
    };
    const overlapNs = (stops: readonly Stop[]) =>
      stops.reduce(
        (sumNs, { fromNs, toNs }) =>
          sumNs + Math.max(0, Math.min(toNs, repliedNs) - Math.max(fromNs, plannedNs)),
        0,
      );
    take("client", Math.max(latenessNs, overlapNs(this.#known.client)));
    take("server", overlapNs(this.#known.server));
    take("path", leftNs);
  }

  /** What there is to say. */
  summary(): Blame {
    const lostNs = { ...this.#lostNs };
    const culprits = (["client", "server", "path"] as const).toSorted((a, b) =>
      lostNs[b] - lostNs[a]
    );
    return {
      slow: this.#slow,
      lostNs,
      culprit: this.#slow === 0 ? undefined : culprits[0],
      stops: { client: { ...this.#stops.client }, server: { ...this.#stops.server } },
    };
  }
}
