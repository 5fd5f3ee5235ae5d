/** Two connections of one session that log in at the same time. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { ChatWorld, ScriptedMember } from "../chat_world.ts";

Deno.test("Reception lets one session in on two connections at once: the later one has it", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  const both = [1, 2].map(() => new ScriptedMember(world, "ada"));
  for (const one of both) one.session = ada.session;
  await Promise.all(both.map((one) => one.connect()));
  await settle();
  await settle();
  assert.deepEqual(both.map(({ report }) => report?.code), ["taken-over", undefined]);
  const [, later] = both;
  assert(later);
  await later.join("#lobby");
  later.say("hello");
  await settle();
  assert.deepEqual(bob.texts(), ["hello"]);
});
