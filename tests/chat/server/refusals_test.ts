import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { MAX_UNCOMMITTED } from "../../../lib/chat/limits.ts";
import { Refusals } from "../../../lib/chat/server/refusals.ts";
import { ChatWorld } from "../chat_world.ts";
import { HeldChatStore } from "../store/held_chat_store.ts";

const refusalOf = (sequence: number) => ({ sequence, code: "suspended", message: "not now" });

Deno.test("ChatServer says a refusal again that was lost with the line, until it has arrived", async () => {
  const store = new HeldChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  store.hold();
  ada.say("psst", "@nobody");
  await settle();
  await ada.lose();
  store.release();
  await settle();
  for (let time = 0; time < 2; time++) {
    ada.forget();
    await ada.connect();
    assert.deepEqual(ada.seen.frames.slice(0, 2), ["you", "refused"]);
    const codes: unknown[] = ada.seen.refused.map(({ sequence, code }) => [sequence, code]);
    assert.deepEqual(codes, [[1, "no-such-nick"]]);
    if (time === 0) await ada.lose(); // it may not have arrived
  }
  await world.clock.advance(61_000);
  await ada.lose();
  ada.forget();
  await ada.connect();
  assert.deepEqual(ada.seen.refused, [], "it was there for a minute after that");
});

Deno.test("ChatServer says a refusal again after a goodbye, which may have crossed it", async () => {
  await using world = await ChatWorld.create();
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  ada.say("psst", "@nobody");
  await settle();
  assert.equal(ada.seen.refused.length, 1);
  await ada.quit();
  await ada.connect();
  assert.equal(ada.seen.refused.length, 2);
});

Deno.test("ChatServer says what it refused after a goodbye when the session is back", async () => {
  const store = new HeldChatStore();
  await using world = await ChatWorld.create({ store });
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  store.hold();
  ada.say("psst", "@nobody");
  await settle();
  await ada.quit();
  store.release();
  await settle();
  assert.equal(ada.seen.refused.length, 0);
  await ada.connect();
  assert.deepEqual(ada.seen.refused.map(({ code }): unknown => code), ["no-such-nick"]);
});

Deno.test("Refusals remembers the last ones of a session, in order, and of so many sessions", async () => {
  const clock = new FakeClock();
  const refusals = new Refusals(clock);
  for (let author = 1; author <= 100; author++) {
    for (let sequence = 1; sequence <= 300; sequence++) {
      refusals.add(author, refusalOf(sequence), true);
    }
  }
  assert(refusals.size <= 16_384, `${refusals.size}`);
  const last = refusals.again(100).map(({ sequence }) => sequence);
  const first = 300 - MAX_UNCOMMITTED + 1;
  assert.deepEqual(last, Array.from({ length: MAX_UNCOMMITTED }, (_, at) => first + at));
  assert.deepEqual(refusals.again(1), [], "the oldest are forgotten");
  await clock.advance(61_000);
  for (let author = 1; author <= 100; author++) refusals.lost(author);
  assert.equal(refusals.size, 0);
});
