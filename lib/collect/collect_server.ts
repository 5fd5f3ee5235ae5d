/** A server of `collect` as far as it has no sockets: its clients, their clocks, its own clock. */
import type { Clock, Timer } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import type { Handlers } from "../transport/routes.ts";
import { BothClocks } from "./both_clocks.ts";
import { GatherClient } from "./gather_client.ts";
import type { ClockStep } from "./offset/clock_step.ts";
import { OffsetTracker } from "./offset/offset_tracker.ts";
import type { collectService } from "./protocol.ts";
import { liveEstimate, type Presence } from "./report_live.ts";
import type { CollectStore } from "./store/collect_store.ts";

type Kinds = typeof collectService.kinds;

/** How often the server looks whether its own clock was set, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/** Sessions whose clocks are remembered while they are away; the longest away are forgotten. */
const MAX_TRACKERS = 10_000;

/** The clients of one server. */
export class CollectServer implements Disposable {
  /** Who is connected. */
  readonly clients = new Map<Connection<Kinds>, GatherClient>();
  readonly #clock: Clock;
  readonly #store: CollectStore;
  readonly #clocks: BothClocks;
  /** By session, in the order in which they came last. */
  readonly #trackers = new Map<string, OffsetTracker>();
  readonly #onTrouble: (error: unknown) => void;
  /** Ends with the reports that are asked for. */
  #reports: Promise<unknown> = Promise.resolve();
  #timer: Timer | undefined;

  /** @param onTrouble told when the store cannot keep what it should, once per call */
  constructor(clock: Clock, store: CollectStore, onTrouble: (error: unknown) => void) {
    this.#clock = clock;
    this.#store = store;
    this.#onTrouble = onTrouble;
    this.#clocks = new BothClocks(clock, (step) => this.#onStep(step));
    this.#look();
  }

  /** Takes a client in. */
  join(connection: Connection<Kinds>): Handlers<Kinds> {
    const { session } = connection.terms;
    const client = new GatherClient(connection, {
      clocks: this.#clocks,
      clock: this.#clock,
      store: this.#store,
      report: (query) => this.#report(connection, query),
      trackerFor: (clientSteps, isTold) => this.#trackerFor(session, clientSteps, isTold),
      presenceOf: (session) => this.#presenceOf(session),
      onTrouble: this.#onTrouble,
    });
    this.clients.set(connection, client);
    connection.closed.then(() => {
      const seenUs = this.#clocks.wallUs(); // it was there when this clock was set
      this.clients.delete(connection);
      this.#store.noteSeen(session, seenUs).catch(this.#onTrouble);
    });
    return client.handlers();
  }

  /** Stops looking at the clock. */
  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  /**
   * One after the other: commits wait behind one that reads the store, but not behind many. Nothing is
   * read for who has left while it waited.
   */
  #report(
    asker: Connection<Kinds>,
    query: Parameters<CollectStore["report"]>[0],
  ): ReturnType<CollectStore["report"]> {
    const report = this.#reports.then(() => asker.isOpen ? this.#store.report(query) : []);
    this.#reports = report.catch(() => {});
    return report;
  }

  #trackerFor(session: string, clientSteps: number, isTold = false): OffsetTracker {
    const known = this.#trackers.get(session);
    // Where the client left out a step, what is known is about another clock.
    const isCurrent = known !== undefined &&
      known.current.start.clientSteps >= clientSteps - (isTold ? 1 : 0);
    const { steps: serverSteps, sinceUs: serverSinceUs } = this.#clocks;
    const tracker = isCurrent
      ? known
      : new OffsetTracker({ clientSteps, serverSteps, serverSinceUs });
    this.#trackers.delete(session);
    this.#trackers.set(session, tracker);
    const [oldest] = this.#trackers.keys();
    if (this.#trackers.size > MAX_TRACKERS && oldest !== undefined) this.#trackers.delete(oldest);
    return tracker;
  }

  #presenceOf(session: string): Presence | undefined {
    if (!this.clients.keys().some(({ terms }) => terms.session === session)) return undefined;
    const tracker = this.#trackers.get(session);
    return { estimate: tracker && liveEstimate(tracker, this.#clocks.wallUs()) };
  }

  #look(): void {
    this.#clocks.wallUs();
    this.#timer = this.#clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  #onStep(step: ClockStep): void {
    for (const tracker of this.#trackers.values()) tracker.addStep("server", step);
    for (const { terms: { session } } of this.clients.keys()) {
      const { wallUs: atUs, sizeUs: byUs, errorUs } = step;
      this.#store.noteStep({ session, side: "server", atUs, byUs, errorUs }).catch(this.#onTrouble);
    }
  }
}
