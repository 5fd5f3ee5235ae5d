import assert from "node:assert/strict";
import { COMMANDS } from "../../../lib/chat/moderation/commands.ts";
import { ModerationRoom } from "./moderation_room.ts";

Deno.test("Moderation lets everybody look, and only operators and the console do more", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob", "bob");
  const ada = room.join("ada", "ada");
  room.join("eve", "eve");
  for (const { name, isForAll } of COMMANDS) {
    const text = await room.text(`${name} eve`, bob);
    const refusal = `refused: Cannot do ${name}: only operators can`;
    assert.equal(text === refusal, !isForAll, `${name}: ${text}`);
  }
  assert.deepEqual(room.deeds(), []);
  for (const { name } of COMMANDS) {
    assert.doesNotMatch(await room.text(`${name} eve`, ada), /only operators can/);
  }
});

Deno.test("Moderation lets nobody ban, suspend or kick themself", async () => {
  const room = await ModerationRoom.open();
  const ada = room.join("ada", "ada");
  for (const action of ["ban", "suspend", "kick"]) {
    assert.equal(
      await room.text(`!${action} ada`, ada),
      `refused: Cannot ${action} ada: that is you`,
    );
  }
});

Deno.test("Moderation protects operators from each other, not from the console", async () => {
  const room = await ModerationRoom.open({ operators: ["ada"] });
  const ada = room.join("ada", "ada");
  room.join("grace", "grace");
  await room.run("!op grace", ada);
  for (const command of ["!ban grace", "!suspend grace", "!deop grace"]) {
    assert.match(
      await room.text(command, ada),
      /^refused: .*: they are an operator; the console can$/,
    );
  }
  assert.equal(await room.text("!suspend grace"), "grace is suspended, 10 min 00 s left");
  assert.equal(await room.text("!ban ada"), "ada is banned, until forgiven");
});

Deno.test("Moderation takes no orders from a suspended operator", async () => {
  const room = await ModerationRoom.open();
  const ada = room.join("ada", "ada");
  room.join("bob", "bob");
  await room.run("!suspend ada");
  for (const command of ["!forgive ada", "!ban bob", "!say hi"]) {
    assert.match(await room.text(command, ada), /^refused: Cannot do !\w+: You are suspended/);
  }
  assert.equal((await room.run("!list", ada)).isDone, true);
});

Deno.test("Moderation gives and takes the rank of an operator, and tells who has it", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob", "bob");
  assert.equal(await room.text("!op bob"), "bob is an operator now (token:bob)");
  assert.deepEqual(room.deeds(), ["tell bob operator", "rank token:bob"]);
  assert.equal(room.moderation.isOperator(bob.identity), true);
  assert.equal(
    await room.text("!op bob"),
    "refused: Cannot make bob an operator: they are one already",
  );
  assert.equal(await room.text("!deop bob", bob), "bob is no operator any more");
  assert.deepEqual(room.deeds(), ["tell bob no-operator", "rank token:bob"]);
  assert.equal(room.moderation.isOperator(bob.identity), false);
  assert.match(await room.text("!deop bob"), /they are no operator$/);
});

Deno.test("Moderation gives a rank to a token whose owner is not here", async () => {
  const room = await ModerationRoom.open();
  room.knows("zoe", "zoe");
  assert.equal(await room.text("!op zoe"), "zoe is an operator now (token:zoe)");
  assert.equal(await room.text("!op token:kim"), "token:kim is an operator now (token:kim)");
  const { moderation } = await ModerationRoom.open({ store: room.store });
  assert.equal(moderation.isOperator("token:zoe") && moderation.isOperator("token:kim"), true);
});

Deno.test("Moderation says that a rank without a named token is for one session", async () => {
  const room = await ModerationRoom.open();
  room.join("bob");
  assert.equal(
    await room.text("!op bob"),
    "bob is an operator now, in this session only: their token has no name",
  );
});

Deno.test("Moderation makes nobody an operator who is banned", async () => {
  const room = await ModerationRoom.open();
  room.join("bob", "bob");
  await room.run("!ban bob");
  assert.match(
    await room.text("!op token:bob"),
    /they are banned \(until forgiven, by console\); !forgive them first$/,
  );
});

Deno.test("Moderation does not undo what the server was started with", async () => {
  const room = await ModerationRoom.open();
  room.join("ada", "ada");
  assert.match(await room.text("!deop ada"), /started with them as --operator; start it without$/);
});

Deno.test("Moderation looks at the rank again when the command's turn comes", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob", "bob");
  room.join("eve", "eve");
  await room.run("!op bob");
  const [, text] = await Promise.all([room.text("!deop bob"), room.text("!ban eve", bob)]);
  assert.equal(text, "refused: Cannot do !ban: only operators can");
});
