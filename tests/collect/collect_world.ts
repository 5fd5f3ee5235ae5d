/** A server of `collect` with a store in memory and clients of it, on a network in memory. */
import assert from "node:assert/strict";
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import type { Clock } from "../../lib/clock/clock.ts";
import { CollectServer } from "../../lib/collect/collect_server.ts";
import { collectService } from "../../lib/collect/protocol.ts";
import { type Sample, SampleSender } from "../../lib/collect/sample_sender.ts";
import type { CollectStore } from "../../lib/collect/store/collect_store.ts";
import { MemoryStore } from "../../lib/collect/store/memory_store.ts";
import { listen, type Server } from "../../lib/transport/listen.ts";
import { MemoryNetwork } from "../../lib/transport/memory_network.ts";
import type { PathSettings } from "../../lib/transport/memory_path.ts";
import { keepSession } from "../../lib/transport/session/keep_session.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import { Random } from "../random.ts";

const ADDRESS = { host: "127.0.0.1", port: 7777 };

type Kinds = typeof collectService.kinds;

/** A client that takes samples when it is told to. */
export interface TestClient {
  readonly sender: SampleSender;
  readonly state: MemoryState<Sample>;
  /** Takes a sample every `intervalMs`, `count` times. */
  sample(count: number, intervalMs: number): Promise<void>;
  /** Says goodbye. */
  stop(): Promise<void>;
}

/** Server, network and clock. */
export class CollectWorld {
  readonly clock = new FakeClock();
  readonly network: MemoryNetwork;
  readonly store: CollectStore;
  /** What the server complained of. */
  readonly troubles: unknown[] = [];
  #server: { readonly collect: CollectServer; readonly line: Server<Kinds> } | undefined;

  constructor(
    path: { there?: PathSettings; back?: PathSettings } = {},
    store: CollectStore = new MemoryStore(),
  ) {
    const numbers = new Random(7);
    const random = () => numbers.uint32() / 2 ** 32;
    this.network = new MemoryNetwork({ clock: this.clock, random, ...path });
    this.store = store;
  }

  /** Starts the server. */
  serve(): void {
    const { clock, network, store } = this;
    const collect = new CollectServer(clock, store, (error) => this.troubles.push(error));
    const line = listen(
      collectService,
      { ...ADDRESS, network, clock, sessions: store },
      (connection) => collect.join(connection),
    );
    this.#server = { collect, line };
  }

  /** Stops the server; with `kill`, without a word. */
  async stopServer(how: "close" | "kill"): Promise<void> {
    assert(this.#server !== undefined);
    const { collect, line } = this.#server;
    if (how === "kill") { for (const link of this.network.links) link.cut(); }
    await this.clock.runUntil(line.close());
    collect[Symbol.dispose]();
  }

  /** Starts a client. @param before what an earlier process left, and how often its clock was set */
  join(
    clientId: string,
    clock: Clock = this.clock,
    maxEntries = 100_000,
    before?: { readonly state: MemoryState<Sample>; readonly steps: number },
  ): TestClient {
    const { network } = this;
    const controller = new AbortController();
    const state = before?.state ?? new MemoryState<Sample>({ maxEntries, whenFull: "drop-oldest" });
    const sender = new SampleSender(clock, state, before?.steps);
    const kept = keepSession({
      service: collectService,
      dial: { ...ADDRESS, clientId, network },
      clock,
      signal: controller.signal,
      random: () => 0.5,
      state,
      handlersFor: (connection) => sender.handlersFor(connection),
      onReady: (connection) => sender.ready(connection, () => kept.wake()),
      send: (connection, outbox) => sender.send(connection, outbox),
    });
    const done = kept.done.then(() => {}, () => {});
    return {
      sender,
      state,
      sample: async (count, intervalMs) => {
        for (let i = 0; i < count; i++) {
          sender.sample();
          await this.clock.advance(intervalMs);
        }
      },
      stop: async () => {
        controller.abort();
        await this.clock.runUntil(done);
      },
    };
  }
}
