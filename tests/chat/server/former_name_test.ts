/** What was meant for somebody who has another name by now. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { ChatWorld } from "../chat_world.ts";

const DAY_US = 24 * 3600 * 1e6;

Deno.test("NameBook gives a name that was just changed to nobody else, and still finds its owner by it", async () => {
  await using world = await ChatWorld.create();
  // They share no room: nobody tells ada of the change.
  const [ada, bob, eve] = [
    ...await world.members("#one", "ada"),
    ...await world.members("#two", "bob"),
    ...await world.members("#three", "eve"),
  ];
  assert(ada && bob && eve);
  for (const member of [ada, bob, eve]) await member.join("@");
  bob.send("nick", { nick: "robert" });
  await settle();
  eve.send("nick", { nick: "bob" });
  await settle();
  assert.equal(eve.you.nick, "eve");
  ada.say("for you alone", "@bob");
  await settle();
  assert.deepEqual(eve.seen.lines, []);
  assert.deepEqual(bob.texts("@ada"), ["for you alone"]);
  assert.deepEqual(ada.texts("@robert"), ["for you alone"]);
  bob.send("nick", { nick: "bob" });
  await settle();
  assert.equal(bob.you.nick, "bob");
  bob.send("nick", { nick: "robert" });
  await settle();
  world.clock.stepWall(DAY_US); // a day of heartbeats would take long
  eve.send("nick", { nick: "bob" });
  await settle();
  assert.equal(eve.you.nick, "bob");
});
