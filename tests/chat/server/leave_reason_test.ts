/** Reasons of those who leave a room, as long as the line lets them be. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { ChatWorld } from "../chat_world.ts";

Deno.test("RoomDesk passes no reason on that others could not read", async () => {
  for (const letter of ["a", "\u0001", "ä", "😀"]) {
    await using world = await ChatWorld.create();
    const [bob, eve] = await world.members("#lobby", "bob", "eve");
    assert(bob && eve);
    const reason = letter.repeat(1024 / letter.length);
    bob.forget();
    eve.send("leave", { room: "#lobby", reason });
    await settle();
    await settle();
    assert.equal(bob.report, undefined, bob.report?.message);
    const [left] = bob.seen.presence;
    assert.equal(left?.what, "left");
    assert(left?.reason?.startsWith(`left: ${letter}${letter}`));
  }
});
