/** What a run of `timer ping` measures: distributions, jitter, and what slow answers waited for. */
import { Latencies } from "./latencies.ts";
import type { Answer } from "./load_client.ts";
import { NO_GAP } from "./protocol.ts";
import { StopWatch } from "./stop_watch.ts";
import { TailBlame } from "./tail_blame.ts";

/** The distributions of a run, by the names that reports, logs and `compare` give them. */
export const DISTRIBUTIONS = ["response", "service", "held", "lateness", "gap"] as const;

/** Name of a distribution. */
export type Distribution = typeof DISTRIBUTIONS[number];

/** Responses since the last look. */
export interface ResponseInterval {
  count: number;
  sumNs: number;
  maxNs: number;
}

/** Collects what answers tell. */
export class Measurement implements Disposable {
  /**
   * - `response`: reply - planned send, what a user would have felt
   * - `service`: reply - write
   * - `held`: how long a request was due but had no room among those in flight
   * - `lateness`: how long it was due and had room and was not written: the client's own share
   * - `gap`: between two requests of a client, by the server's clock
   *
   * response = held + lateness + service.
   */
  readonly distributions: Readonly<Record<Distribution, Latencies>>;
  readonly blame: TailBlame;
  readonly #stopWatch: StopWatch;
  readonly #previousNs = new Map<number, number>();
  #stepSumNs = 0;
  #steps = 0;
  #interval: ResponseInterval = { count: 0, sumNs: 0, maxNs: 0 };

  /**
   * @param nowNs the monotonic clock
   * @param sliced keep slices of time as well, for a log
   * @param measureFromNs end of the warm-up
   */
  constructor(nowNs: number, sliced = false, measureFromNs = nowNs) {
    this.#stopWatch = new StopWatch(nowNs);
    this.blame = new TailBlame(measureFromNs);
    const latencies = () => new Latencies(sliced);
    this.distributions = {
      response: latencies(),
      service: latencies(),
      held: latencies(),
      lateness: latencies(),
      gap: latencies(),
    };
  }

  /** Mean difference between one round trip of a client and its next (RFC 5481: IPDV). */
  get meanStepNs(): number | undefined {
    return this.#steps === 0 ? undefined : this.#stepSumNs / this.#steps;
  }

  /** This process runs at `nowNs`. */
  alive(nowNs: number): void {
    const stop = this.#stopWatch.alive(nowNs);
    if (stop !== undefined) this.blame.stopped("client", stop);
  }

  /** The server says at `nowNs` that it did not run for `lengthNs`. */
  serverStopped(nowNs: number, lengthNs: number): void {
    this.blame.stopped("server", { fromNs: nowNs - lengthNs, toNs: nowNs });
  }

  /** An answer has come. */
  record(answer: Answer): void {
    const { client, plannedNs, writtenNs, repliedNs, gapNs } = answer;
    const { response, service, held, lateness, gap } = this.distributions;
    this.alive(repliedNs);
    const serviceNs = repliedNs - writtenNs;
    const { heldNs, latenessNs } = waits(answer);
    const responseNs = repliedNs - plannedNs;
    response.record(responseNs, repliedNs);
    this.#interval.count++;
    this.#interval.sumNs += responseNs;
    if (responseNs > this.#interval.maxNs) this.#interval.maxNs = responseNs;
    service.record(serviceNs, repliedNs);
    held.record(heldNs, repliedNs);
    lateness.record(latenessNs, repliedNs);
    if (gapNs !== NO_GAP) gap.record(gapNs, repliedNs);
    this.blame.record({ client, plannedNs, writtenNs, repliedNs, latenessNs });
    const previousNs = this.#previousNs.get(client);
    if (previousNs !== undefined) {
      this.#stepSumNs += Math.abs(serviceNs - previousNs);
      this.#steps++;
    }
    this.#previousNs.set(client, serviceNs);
  }

  /** Responses since this was called last. */
  takeInterval(): Readonly<ResponseInterval> {
    const interval = this.#interval;
    this.#interval = { count: 0, sumNs: 0, maxNs: 0 };
    return interval;
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    for (const latencies of Object.values(this.distributions)) latencies[Symbol.dispose]();
  }
}

/** What a request waited for before it was written, in nanoseconds. */
export function waits(
  { plannedNs, roomNs, writtenNs }: Pick<Answer, "plannedNs" | "roomNs" | "writtenNs">,
): { readonly heldNs: number; readonly latenessNs: number } {
  const heldNs = Math.max(0, roomNs - plannedNs);
  return { heldNs, latenessNs: writtenNs - plannedNs - heldNs };
}
