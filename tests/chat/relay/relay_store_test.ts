/** A relay whose store takes nothing for a while. */
import assert from "node:assert/strict";
import { StoreError } from "../../../lib/store/store_error.ts";
import { RelayWorld } from "./relay_world.ts";

const FULL = new StoreError("full", "Cannot store: no space left");

/** What was said in pair 1, as stored. */
async function said(world: RelayWorld): Promise<string[]> {
  const events = await world.clock.runUntil(world.store.relayEvents(1));
  return events.map((text) => JSON.parse(text)).filter(({ type }) => type === "said")
    .map(({ text }) => text);
}

Deno.test("RelayServer() tells nothing that is not stored, and takes it once when it can", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.news();
  bob.news();
  world.store.trouble = FULL;
  ada.type("one", "two");
  await world.pass(5_000);
  assert(world.troubles.length > 0);
  assert.equal(ada.state.outbox.size, 2);
  assert(!bob.news().some((text) => text.startsWith("message")));
  world.store.trouble = undefined;
  await world.pass(60_000);
  assert.equal(ada.state.outbox.size, 0);
  assert.equal([ada.seat.number, bob.seat.number].join(), "1,2");
  assert.deepEqual(await said(world), ["one"]);
  assert(ada.news().includes("refused not-your-turn")); // the second one, in its order
  assert(bob.news().some((text) => text === "message one" || text === "role emitter last one"));
  await world.end(ada, bob);
});

Deno.test("RelayServer() notes a seat that was lost meanwhile when the store is back", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  ada.news();
  world.store.trouble = FULL;
  bob.stop();
  bob.link?.cut();
  await world.pass(40_000);
  assert.deepEqual(ada.news(), []); // and is not cut: nothing of it failed
  world.store.trouble = undefined;
  await world.pass(1_100);
  assert.deepEqual(ada.news(), ["peer-left 2 lost"]);
  await world.pass(30_000);
  assert.deepEqual(ada.news(), ["peer-left 2 gone"]);
  await world.end(ada, bob);
});

Deno.test("RelayServer() lets a client take a seat when the store is back", async () => {
  const world = new RelayWorld();
  await world.serve();
  world.store.trouble = FULL;
  const ada = await world.join("ada");
  await world.pass(3_000);
  assert.deepEqual(ada.news(), []);
  world.store.trouble = undefined;
  await world.pass(30_000);
  assert.deepEqual(ada.news(), ["number 1", "role waiting"]);
  await world.end(ada);
});

Deno.test("RelayServer() notes a restart when the store is back", async () => {
  const world = new RelayWorld();
  await world.serve();
  const [ada, bob] = [await world.join("ada"), await world.join("bob")];
  await world.kill();
  world.store.trouble = FULL;
  await world.serve();
  ada.type("one");
  await world.pass(10_000);
  world.store.trouble = undefined;
  await world.pass(60_000);
  assert.deepEqual(await said(world), ["one"]);
  assert.equal(bob.news().filter((text) => /one$/.test(text)).length, 1);
  await world.end(ada, bob);
});
