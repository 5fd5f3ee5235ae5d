/** Offers of files go no faster than lines. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { FileDesk } from "../../../lib/chat/files/file_desk.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { ChatWorld, ScriptedMember } from "../chat_world.ts";

async function served(pace: number) {
  const world = await ChatWorld.create({ pace, maxFileBytes: 1000 });
  world.chat.files = new FileDesk(world.chat, {
    clock: world.clock,
    maxFileBytes: 1000,
    rateBytesPerSecond: 0,
    mayShare: () => undefined,
  });
  return world;
}

Deno.test("ChatServer takes offers of files no faster than lines, and cuts who floods with them", async () => {
  await using world = await served(10);
  const [eve] = await world.members("#lobby", "eve");
  assert(eve);
  let offered = 0;
  const bob = new ScriptedMember(world, "bob");
  await bob.connect({ offered: () => void offered++, fileStop: () => {} });
  await bob.join();
  for (let i = 0; i < 500 && eve.connection?.isOpen; i++) {
    const key = i.toString(16).padStart(32, "0");
    eve.connection.send(chatService.kinds.offer, { key, to: "#lobby", name: "a", size: 1 });
    eve.connection.send(chatService.kinds.fileStop, {
      transfer: 0,
      key,
      code: "cancelled",
      message: "",
    });
    if (i % 50 === 0) await settle();
  }
  await settle();
  assert(offered <= 40, `${offered} offers came at once`);
  assert.equal(eve.report?.code, "chat.flood");
});

Deno.test("ChatServer ends the connection of whoever stops a file with a code of the server's, in its turn", async () => {
  await using world = await served(1);
  const [eve, bob] = await world.members("#lobby", "eve", "bob");
  assert(eve && bob);
  for (let i = 0; i < 6; i++) eve.say(`${i}`);
  const key = "0".repeat(32);
  eve.send("fileStop", { transfer: 0, key, code: "gone", message: "" });
  await settle();
  assert(eve.connection?.isOpen);
  await world.clock.advance(10_000);
  assert.equal(eve.report?.code, "bad-message");
  assert(bob.connection?.isOpen);
});
