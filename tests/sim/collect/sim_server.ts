import type { Clock } from "../../../lib/clock/clock.ts";
import { CollectServer } from "../../../lib/collect/collect_server.ts";
import { collectService } from "../../../lib/collect/protocol.ts";
import type { CollectStore } from "../../../lib/collect/store/collect_store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { listen, type Server } from "../../../lib/transport/listen.ts";
import type { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import { SessionDesk } from "../../../lib/transport/session/session_desk.ts";
import type { ClockPiece } from "../core/sim_clock.ts";
import type { SimProcess } from "../core/sim_process.ts";
import { type HasBug, makeBudget, makeContent, makeStore } from "./collect_bugs.ts";
import type { DiskStore, StoreDisk } from "./disk_store.ts";

/** Where the server is. */
export const SERVER_ADDRESS = { host: "127.0.0.1", port: 7777 };

/** Bytes that a process may buffer. */
export const BUDGET_BYTES = 4 * 1024 * 1024;

interface Running {
  readonly process: SimProcess;
  readonly store: DiskStore;
  readonly collect: CollectServer;
  readonly line: Server<typeof collectService.kinds>;
  readonly budget: MemoryBudget;
}

/** A server of collect, as `tram collect serve` runs it, and what is on its disk. */
export class SimServer {
  /** What is on the disk. */
  readonly content: CollectStore;
  /** By session, up to which sequence everything is on the disk or will never come. */
  readonly committed = new Map<string, number>();
  /** The pieces of its clock that it has looked at. */
  readonly seen = new Set<ClockPiece>();
  /** What runs now, or ran last. */
  running: Running | undefined;
  readonly #has: HasBug;

  constructor(has: HasBug) {
    this.#has = has;
    this.content = makeContent(has);
  }

  /** Starts it. */
  boot(process: SimProcess): void {
    const { network, machine: { sim, clock: { pieces } } } = process;
    const clock: Clock = {
      ...process.clock,
      wallUs: () => {
        this.seen.add(pieces.at(-1) as ClockPiece);
        return process.clock.wallUs();
      },
    };
    const disk: StoreDisk = {
      content: this.content,
      onCommitted: ({ session, firstSequence }, highestSequence) => {
        if (firstSequence <= (this.committed.get(session) ?? 0)) sim.count("batches sent again");
        this.committed.set(session, highestSequence);
      },
    };
    const store = makeStore(process, disk, this.#has);
    const budget = makeBudget(BUDGET_BYTES, this.#has);
    const onTrouble = (error: unknown) => {
      const isFull = error instanceof StoreError && error.code === "full";
      sim.check("quiet", isFull, () => `the server complains of ${String(error)}`);
      sim.count("commits that found no room");
    };
    const collect = new CollectServer(clock, store, onTrouble);
    const desk = new SessionDesk<typeof collectService.kinds>();
    const line = listen(
      collectService,
      { ...SERVER_ADDRESS, network, clock, sessions: store, budget, maxClients: 100 },
      (connection) => {
        const { clientId, resumed, highestSequence } = connection.terms;
        sim.note(
          `server: ${clientId} is there${resumed ? ` again, after ${highestSequence}` : ""}`,
        );
        if (resumed) sim.count("sessions resumed");
        desk.seat(connection);
        return collect.join(connection);
      },
    );
    this.running = { process, store, collect, line, budget };
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    if (this.running === undefined) return;
    const { line, collect, store } = this.running;
    await line.close();
    if (!this.#has("endless-look")) collect[Symbol.dispose]();
    await store[Symbol.asyncDispose]();
  }
}
