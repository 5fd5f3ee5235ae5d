/** A client that is killed, or whose machine loses power, and comes back with its state file. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { type Durability, StateFile } from "../../../lib/transport/session/state_file.ts";
import { FakeStateFiles } from "./fake_state_files.ts";
import { type WordClient, wordClient, WordServer, wordWorld } from "./numbered_world.ts";

const PATH = "/state/numbered/default.state";
const codec = {
  encode: (value: string) => new TextEncoder().encode(value),
  decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

async function openState(files: FakeStateFiles, durability: Durability) {
  const state = await StateFile.open(files, PATH, { codec, durability });
  assert.ok(state !== undefined);
  return state;
}

/** What can happen; the power is lost only where the state is kept for that. */
const HAPPENINGS = {
  process: ["add", "add", "add", "wait", "long wait", "cut", "kill client", "kill server"],
  machine: ["add", "add", "add", "wait", "long wait", "cut", "kill client", "kill server", "power"],
};

for (const durability of ["process", "machine"] as const) {
  const step = fc.constantFrom(...HAPPENINGS[durability]);
  Deno.test(`keepSession() with a StateFile loses nothing that was kept: ${durability}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
        const { world, store, clock, network } = wordWorld();
        const files = new FakeStateFiles();
        let server = new WordServer(world, store, 30);
        let state = await openState(files, durability);
        let client: WordClient = wordClient(world, { state });
        /** Words that the client said were on its disk. */
        const kept: string[] = [];
        for (const [at, what] of steps.entries()) {
          switch (what) {
            case "add":
              state.add(`w${at}`);
              await state.sync();
              kept.push(`w${at}`);
              state.add(`u${at}`); // this one is not waited for
              break;
            case "wait":
              await clock.advance(20);
              break;
            case "long wait":
              await clock.advance(2000);
              break;
            case "cut":
              network.links.at(-1)?.cut();
              break;
            case "kill server":
              await clock.runUntil(server.kill(network.links));
              server = new WordServer(world, store, 30);
              break;
            case "power":
            case "kill client":
              files.crash(what === "power");
              network.links.at(-1)?.cut();
              client.abort.abort();
              await settle();
              state = await openState(files, durability);
              client = wordClient(world, { state });
          }
        }
        await clock.advance(60_000);
        await state.sync();
        await clock.advance(1000);
        assert.equal(state.outbox.size, 0);
        const words = store.words.map(({ word }) => word);
        assert.deepEqual(words.filter((word) => word.startsWith("w")), kept);
        assert.equal(new Set(words).size, words.length, "a word was applied twice");
        assert.deepEqual(client.losses, []);
        client.abort.abort();
        await clock.runUntil(server.server.close());
        await state.close();
      }),
      { numRuns: 60 },
    );
  });
}
