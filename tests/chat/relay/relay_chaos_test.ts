/** Whatever happens to lines, clients, server and store: what is stored is by the rules, and once. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { replayPair } from "../../../lib/chat/relay/replay_pair.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { RelayClient, RelayWorld } from "./relay_world.ts";

const NAMES = ["ada", "bob", "cleo", "dan"] as const;

const action = fc.oneof(
  { weight: 10, arbitrary: fc.record({ type: fc.constant("type" as const), who: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("cut" as const), who: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("restart" as const),
      who: fc.nat(3),
      isKill: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("fin" as const), who: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ type: "kill" as const }) },
  { weight: 1, arbitrary: fc.constant({ type: "trouble" as const }) },
  { weight: 2, arbitrary: fc.constant({ type: "relief" as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      ms: fc.constantFrom(0, 1, 100, 1_000, 31_000),
    }),
  },
);

class Chaos {
  readonly world = new RelayWorld();
  readonly clients: RelayClient[] = [];
  readonly all: RelayClient[] = [];
  readonly #play: { readonly game?: string };
  #number = 0;

  constructor(play: { readonly game?: string }) {
    this.#play = play;
  }

  async begin(): Promise<void> {
    await this.world.serve(this.#play);
    for (const at of NAMES.keys()) this.come(at);
    await this.world.pass(10);
  }

  come(at: number, state?: RelayClient["state"]): void {
    const { clock, network } = this.world;
    const client = new RelayClient(clock, network, NAMES[at] ?? "", state);
    this.clients[at] = client;
    this.all.push(client);
  }

  async run(what: typeof action extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
    const { world } = this;
    const who = "who" in what ? what.who : 0;
    const client = this.clients[who];
    assert(client !== undefined);
    switch (what.type) {
      case "type": {
        // In a game some are legal moves and some are not.
        const text = this.#play.game === undefined
          ? `${who}:${this.#number++}`
          : `${this.#number++ % 3 + 1} 1`;
        return client.type(text);
      }
      case "cut":
        return client.link?.cut();
      case "restart": // the process ends, with a goodbye or without, and comes with what it kept
        if (what.isKill) client.link?.cut();
        client.stop();
        await world.clock.runUntil(client.ended);
        return this.come(who, client.state);
      case "fin":
        client.type("fin");
        await world.pass(50);
        if (client.state.outbox.size > 0 || world.store.trouble !== undefined) return;
        client.stop();
        await world.clock.runUntil(client.ended);
        return this.come(who, client.state);
      case "kill":
        await world.kill();
        return await world.serve(this.#play);
      case "trouble":
        world.store.trouble = new StoreError("full", "Cannot store: no space left");
        return;
      case "relief":
        world.store.trouble = undefined;
        return;
      case "pass":
        return await world.pass(what.ms);
    }
  }

  /** Everything works again, for long enough that all settles. */
  async calm(): Promise<void> {
    this.world.store.trouble = undefined;
    await this.world.pass(70_000);
  }

  async end(): Promise<void> {
    await this.world.end(...this.all);
  }
}

for (const play of [{}, { game: "nim", clockMs: 60_000 }]) {
  const name = play.game ?? "no game";
  Deno.test(`RelayServer() stores what the rules allow, once and in order: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40, size: "max" }), async (actions) => {
        const chaos = new Chaos(play);
        await chaos.begin();
        for (const what of actions) await chaos.run(what);
        await chaos.calm();
        const { store, clock } = chaos.world;
        const once = new Set<string>();
        for (const { pair } of await clock.runUntil(store.pairs())) {
          const events = await clock.runUntil(store.relayEvents(pair));
          const places: number[] = [];
          for (const { event, problem } of replayPair(events)) {
            assert.equal(problem, undefined, JSON.stringify(event));
            if (event?.type !== "said" || play.game !== undefined) continue;
            assert(!once.has(event.text), event.text);
            once.add(event.text);
            const [who = "", number = ""] = event.text.split(":");
            assert((places[Number(who)] ?? -1) < Number(number), event.text);
            places[Number(who)] = Number(number);
          }
        }
        for (const client of chaos.clients) assert.equal(client.state.outbox.size, 0);
        await chaos.end();
        assert.equal(clock.pendingTimers, 0);
      }),
      { numRuns: 12 },
    );
  });
}
