/** Who gets which name. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { newToken } from "../../../lib/transport/token.ts";
import { MemoryChatStore } from "../../../lib/chat/store/memory_chat_store.ts";
import { ChatWorld, ScriptedMember } from "../chat_world.ts";

const DAY_MS = 24 * 3_600_000;

Deno.test("NickDesk gives the nearest free name, and says so", async () => {
  await using world = await ChatWorld.create();
  await world.member("ada");
  const second = await world.member("Ada");
  assert.equal(second.you.nick, "Ada-2");
  assert.equal(second.seen.notices[0]?.code, "nick-changed");
  const server = await world.member("server");
  assert.match(server.you.nick, /^guest-/);
});

Deno.test("NickDesk refuses a name that is taken, and keeps the old one", async () => {
  await using world = await ChatWorld.create();
  await world.member("ada");
  const bob = await world.member("bob");
  for (const nick of ["ADA", "аda", "tram", "a b"]) { // the second has a Cyrillic letter
    bob.forget();
    bob.send("nick", { nick });
    await settle();
    assert.deepEqual(bob.seen.frames, ["notice"], nick);
    assert.equal(bob.seen.notices[0]?.code, "nick-refused");
  }
  assert.equal(world.chat.known("bob")?.author, bob.you.author);
  for (const nick of ["bob", "Bob"]) {
    bob.forget();
    bob.send("nick", { nick });
    await settle();
    assert.deepEqual(bob.seen.frames, ["you"], nick);
    assert.equal(bob.you.nick, nick);
  }
});

Deno.test("NickDesk has one name of a session on its way into the store at once", async () => {
  const store = new MemoryChatStore("0123456789abcdef");
  await using world = await ChatWorld.create({ store });
  const [ada] = await world.members("#lobby", "ada");
  assert(ada);
  await settle();
  const { setNick } = store;
  const saved: string[] = [];
  const gate = Promise.withResolvers<void>();
  store.setNick = async (author, nick, nowUs) => {
    saved.push(nick);
    await gate.promise;
    return await setNick.call(store, author, nick, nowUs);
  };
  for (let i = 0; i < 100; i++) ada.send("nick", { nick: `ada${i}` });
  await settle();
  assert.deepEqual(saved, ["ada0"]);
  gate.resolve();
  await settle();
  assert.deepEqual(saved, ["ada0", "ada99"]);
  assert.equal((await store.load()).named.find(({ author }) => author === 1)?.nick, "ada99");
});

Deno.test("NickDesk keeps a name for a session through restarts, and for a week", async () => {
  await using world = await ChatWorld.create();
  const ada = await world.member("ada");
  await ada.quit();
  await world.stopServer();
  await world.serve();
  const other = await world.member("ada");
  assert.equal(other.you.nick, "ada-2");
  await other.quit();
  await ada.connect();
  assert.equal(ada.you.nick, "ada");
  await ada.quit();
  await world.clock.advance(7 * DAY_MS + 1000);
  const later = await world.member("ada");
  assert.equal(later.you.nick, "ada");
  await ada.connect();
  assert.notEqual(ada.you.nick, "ada");
});

Deno.test("NickDesk gives a name to another session of the same named token when it is free", async () => {
  const token = newToken("ada");
  const other = newToken("bob");
  await using world = await ChatWorld.create({ tokens: [token, other] });
  const first = await world.member("ada", token);
  assert.equal((await world.member("ada", token)).you.nick, "ada-2");
  await first.lose();
  assert.equal((await world.member("ada", other)).you.nick, "ada-3");
  assert.equal((await world.member("ada", token)).you.nick, "ada");
  await first.connect();
  assert.notEqual(first.you.nick, "ada");
});

Deno.test("ChatServer lets operators know, and others by their rank", async () => {
  const token = newToken("root");
  const plain = newToken("");
  await using world = await ChatWorld.create({ tokens: [token, plain], operators: ["root"] });
  const ada = await world.member("ada", token);
  const bob = await (await world.member("bob", plain)).join();
  await ada.join();
  await settle();
  assert.equal(ada.you.isOperator, true);
  assert.equal(bob.you.isOperator, false);
  assert.equal(bob.seen.presence[0]?.isOperator, true);
  assert.equal(ada.seen.rooms[0]?.members[0]?.nick, "ada");
  const reply = await ada.command("!op bob");
  assert.equal(reply.isDone, true, reply.lines.join());
  assert.equal(bob.you.isOperator, true);
  assert(bob.seen.notices.some(({ code }) => code === "operator"));
});

Deno.test("ChatServer keeps out whoever is banned, by session and by token", async () => {
  const token = newToken("eve");
  const plain = newToken("");
  await using world = await ChatWorld.create({ tokens: [token, plain] });
  const eve = await world.member("eve", token);
  const bob = await world.member("bob", plain);
  const { chat } = world;
  const moderation = { run: (text: string) => world.console(text) };
  assert.equal((await moderation.run("!ban eve 1h rude")).isDone, true);
  assert.equal((await moderation.run("!ban bob")).isDone, true);
  await settle();
  assert.deepEqual([eve.report?.code, bob.report?.code], ["chat.banned", "chat.banned"]);
  await assert.rejects(eve.connect(), { code: "chat.banned" });
  await assert.rejects(world.member("eve", token), { code: "chat.banned" });
  await bob.connect(); // its token has no name: the session is known only when it is there
  await settle();
  assert.equal(bob.report?.code, "chat.banned");
  const named = new ScriptedMember(world, "bob", token);
  await world.console("!forgive token:eve");
  named.session = bob.session;
  await named.connect();
  await settle();
  assert.equal(named.report?.code, "chat.banned", "with another token it is still the session");
  assert.equal([...chat.members()].length, 0);
});

Deno.test("ChatServer lets the suspended read, and says how long still", async () => {
  await using world = await ChatWorld.create();
  const [ada, bob] = await world.members("#lobby", "ada", "bob");
  assert(ada && bob);
  await world.console("!suspend bob 10m loud");
  await settle();
  assert.equal(bob.seen.notices[0]?.code, "suspended");
  ada.say("hush");
  bob.say("why");
  await settle();
  assert.deepEqual(bob.texts(), ["hush"]);
  assert.equal(bob.seen.refused[0]?.code, "suspended");
  assert.match(bob.seen.refused[0]?.message ?? "", /10 min 00 s left, by console: loud/);
  await world.clock.advance(10 * 60_000);
  bob.say("now");
  await settle();
  assert.deepEqual(ada.texts(), ["hush", "now"]);
});

Deno.test("NickDesk keeps the name of who was here for long when the server is killed", async () => {
  const store = new MemoryChatStore("0123456789abcdef");
  await using world = await ChatWorld.create({ store });
  const ada = await world.member("ada");
  world.clock.stepWall(8 * DAY_MS * 1000); // eight days of heartbeats would take long
  await world.clock.advance(DAY_MS / 4);
  const { noteSeen } = store;
  store.noteSeen = () => Promise.resolve(); // who is killed notes nothing any more
  await world.stopServer("kill");
  store.noteSeen = noteSeen;
  await world.serve();
  const other = await world.member("ada");
  assert.equal(other.you.nick, "ada-2");
  await ada.connect();
  assert.equal(ada.you.nick, "ada");
});
