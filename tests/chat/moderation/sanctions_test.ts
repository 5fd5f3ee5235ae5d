import assert from "node:assert/strict";
import { ModerationRoom } from "./moderation_room.ts";

const MINUTE_MS = 60_000;

Deno.test("Moderation lets a suspended member read only, and says how long still", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob", "bob");
  assert.equal(room.moderation.mayNotSpeak(bob.identity), undefined);
  assert.equal(
    await room.text("!suspend bob 10m spam and more"),
    "bob is suspended, 10 min 00 s left: spam and more",
  );
  assert.deepEqual(room.deeds(), ["tell bob suspended"]);
  assert.deepEqual(room.host.notices[0]?.notice, {
    code: "suspended",
    message: "You are suspended: you can read and not speak; 10 min 00 s left, by console: " +
      "spam and more",
    by: "console",
    reason: "spam and more",
    untilUs: room.clock.wallUs() + 600_000_000,
  });
  await room.clock.advance(90_000);
  assert.equal(
    room.moderation.mayNotSpeak(bob.identity),
    "You are suspended: you can read and not speak; 8 min 30 s left, by console: spam and more",
  );
  assert.equal(room.moderation.suspensionOf(bob.identity)?.reason, "spam and more");
  assert.equal(room.moderation.admit(bob.identity), undefined);
  await room.clock.advance(8.5 * MINUTE_MS - 1);
  assert.notEqual(room.moderation.mayNotSpeak(bob.identity), undefined);
  await room.clock.advance(1);
  assert.equal(room.moderation.mayNotSpeak(bob.identity), undefined);
  assert.equal(room.clock.pendingTimers, 0);
});

Deno.test("Moderation suspends for ten minutes when no time is given, and takes the rest as reason", async () => {
  const room = await ModerationRoom.open();
  room.join("bob");
  room.join("eve");
  room.join("mia");
  assert.equal(await room.text("!suspend bob spam"), "bob is suspended, 10 min 00 s left: spam");
  assert.equal(await room.text("!suspend eve"), "eve is suspended, 10 min 00 s left");
  assert.equal(
    await room.text("!suspend mia 3 strikes"),
    "mia is suspended, 10 min 00 s left: 3 strikes",
  );
});

Deno.test("Moderation cuts who is banned, and refuses them at the door until the time is over", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob", "bob");
  assert.equal(await room.text("!ban bob 7d spam"), "bob is banned, 7 d 00 h left: spam");
  const told = "You are banned here (until 2023-11-21 22:13 UTC): 7 d 00 h left, by console: spam";
  assert.deepEqual(room.deeds(), [`cut bob chat.banned ${told}`]);
  const error = room.moderation.admit(bob.identity);
  assert.equal(error?.code, "chat.banned");
  assert.equal(error?.message, told);
  assert.equal(room.moderation.admit("token:eve"), undefined);
  await room.clock.advance(7 * 24 * 60 * MINUTE_MS);
  assert.equal(room.moderation.admit(bob.identity), undefined);
});

Deno.test("Moderation bans until it is forgiven when no time is given", async () => {
  const room = await ModerationRoom.open();
  room.join("bob", "bob");
  assert.equal(await room.text("!ban bob"), "bob is banned, until forgiven");
  await room.clock.advance(1000 * 24 * 60 * MINUTE_MS);
  assert.match(
    room.moderation.admit("token:bob")?.message ?? "",
    /^You are banned here: until forgiven, by console$/,
  );
});

Deno.test("Moderation says of a ban of one session that a new identity evades it", async () => {
  const room = await ModerationRoom.open();
  room.join("bob");
  const text = await room.text("!ban bob");
  assert.match(text, /a new identity evades it[^]*tram token new NAME/);
});

Deno.test("Moderation hits all connections of a token, under whatever names", async () => {
  const room = await ModerationRoom.open();
  room.join("bob", "bob");
  room.join("bobby", "bob");
  room.join("eve", "eve");
  assert.equal(
    await room.text("!ban bobby"),
    "bobby (connected as bob too) is banned, until forgiven",
  );
  assert.deepEqual(room.host.all.map(({ nick }) => nick), ["eve"]);
});

Deno.test("Moderation cuts who comes while the ban is being written", async () => {
  const room = await ModerationRoom.open();
  room.knows("bob", "bob");
  const moderate = room.store.moderate.bind(room.store);
  room.store.moderate = (entry) => {
    room.join("bob", "bob");
    return moderate(entry);
  };
  assert.equal(await room.text("!ban bob"), "bob is banned, until forgiven");
  assert.deepEqual(room.host.all, []);
});

Deno.test("Moderation does nothing before it is durable, and nothing when it cannot be", async () => {
  const room = await ModerationRoom.open();
  const { StoreError } = await import("../../../lib/store/store_error.ts");
  room.join("bob", "bob");
  room.store.trouble = new StoreError("full", "Cannot write chat.sqlite: no space left");
  for (
    const command of ["!ban bob", "!suspend bob", "!kick bob", "!op bob", "!shutdown", "!say x"]
  ) {
    const name = command.split(" ")[0];
    assert.equal(
      await room.text(command),
      `refused: Cannot do ${name}: Cannot write chat.sqlite: no space left`,
    );
  }
  assert.deepEqual(room.deeds(), []);
  assert.equal(room.moderation.admit("token:bob"), undefined);
  room.store.trouble = undefined;
  const reply = room.run("!ban bob");
  assert.deepEqual(room.deeds(), []);
  await reply;
  assert.equal(room.deeds().length, 1);
});

Deno.test("Moderation remembers bans, suspensions and ranks when the server starts again", async () => {
  const before = await ModerationRoom.open();
  before.join("bob", "bob");
  before.join("eve", "eve");
  before.join("mia", "mia");
  for (const text of ["!ban bob 7d x", "!suspend eve 1h", "!op mia"]) await before.run(text);
  const { moderation } = await ModerationRoom.open({ store: before.store });
  assert.equal(moderation.admit("token:bob")?.code, "chat.banned");
  assert.equal(moderation.suspensionOf("token:eve")?.nick, "eve");
  assert.equal(moderation.isOperator("token:mia"), true);
  assert.equal(moderation.isOperator("token:ada"), true);
  assert.equal(moderation.isOperator("token:bob"), false);
});

Deno.test("Moderation refuses the same again and says what holds; another time replaces it", async () => {
  const room = await ModerationRoom.open();
  room.join("bob", "bob");
  await room.run("!ban bob 7d spam");
  await room.clock.advance(1000);
  assert.equal(
    await room.text("!ban bob 7d"),
    "refused: Cannot ban bob: they are banned already: 7 d 00 h left, by console: spam; " +
      "another time replaces it",
  );
  assert.equal(
    await room.text("!ban bob 1d calmer"),
    "bob (not connected now) is banned, 1 d 00 h left: calmer; in place of: 7 d 00 h left, " +
      "by console: spam",
  );
  assert.match(await room.text("!ban bob"), /^bob .* is banned, until forgiven; in place of: 1 d/);
  assert.match(await room.text("!ban bob"), /^refused: .* already: until forgiven, by console/);
  assert.match(await room.text("!suspend bob"), /^refused: .* they are banned: until forgiven/);
  assert.equal((await room.store.load()).sanctions.length, 1);
});

Deno.test("Moderation does it once when two operators ban at once", async () => {
  const room = await ModerationRoom.open({ operators: ["ada", "grace"] });
  room.join("bob", "bob");
  const ada = room.join("ada", "ada");
  const grace = room.join("grace", "grace");
  const texts = await Promise.all([
    room.text("!ban bob 7d spam", ada),
    room.text("!ban bob 7d noise", grace),
  ]);
  assert.equal(texts[0], "bob is banned, 7 d 00 h left: spam");
  assert.match(texts[1], /^refused: .* already: 7 d 00 h left, by ada: spam/);
  assert.equal(room.deeds().filter((deed) => deed.startsWith("cut")).length, 1);
  assert.equal((await room.store.moderationLog(10)).length, 1);
});

Deno.test("Moderation forgives whom a ban names, also when another has the name now", async () => {
  const room = await ModerationRoom.open();
  room.join("bob", "bob");
  await room.run("!ban bob 7d spam");
  const other = room.join("bob", "other");
  assert.equal(
    await room.text("!forgive BOB"),
    "bob is not banned any more (it was: 7 d 00 h left, by console: spam)",
  );
  assert.equal(room.moderation.admit("token:bob"), undefined);
  assert.equal(
    await room.text("!forgive bob"),
    "refused: Cannot forgive bob: they are neither banned nor suspended",
  );
  await room.run("!suspend bob");
  room.deeds();
  assert.match(await room.text("!forgive bob"), /^bob is not suspended any more/);
  assert.deepEqual(room.deeds(), ["tell bob forgiven"]);
  assert.equal(room.moderation.mayNotSpeak(other.identity), undefined);
  assert.deepEqual((await room.store.load()).sanctions, []);
});

Deno.test("Moderation acts on people who are not connected, by name or by token", async () => {
  const room = await ModerationRoom.open();
  room.knows("bob", "bob");
  assert.equal(
    await room.text("!suspend bob 1h"),
    "bob (not connected now) is suspended, 1 h 00 min left",
  );
  assert.equal(
    await room.text("!ban token:zoe"),
    "token:zoe (not connected now) is banned, until forgiven",
  );
  assert.equal(room.moderation.admit("token:zoe")?.code, "chat.banned");
  assert.match(await room.text("!forgive token:zoe"), /^token:zoe is not banned any more/);
});

Deno.test("Moderation says whom it cannot find, and what cannot be read", async () => {
  const room = await ModerationRoom.open();
  room.join("bobby", "bob");
  const usage = "usage: !ban NAME [TIME] [REASON]";
  const cases = [
    ["!ban bobbi", `nobody is called "bobbi"; did you mean "bobby"?; ${usage}`],
    ["!ban x\u001b[2J", `nobody is called "x\\x1b[2J"; ${usage}`],
    ["!ban", `wanted a name; ${usage}`],
    ["!ban bobby 10", `wanted a time such as 30s, 10m, 2h, 7d or 1w, got "10"; ${usage}`],
    ["!ban bobby 7y", `wanted a time such as 30s, 10m, 2h, 7d or 1w, got "7y"; ${usage}`],
    ["!ban bobby 0m", `wanted a time above 0; ${usage}`],
    ["!ban bobby 99999d", `wanted a time of at most 3650d, got "99999d"; ${usage}`],
    [
      `!ban bobby ${"x".repeat(301)}`,
      `wanted a reason of at most 300 bytes, got 301; ${usage}`,
    ],
  ] as const;
  for (const [command, why] of cases) {
    assert.equal(await room.text(command), `refused: Cannot do !ban: ${why}`);
  }
  assert.deepEqual(room.deeds(), []);
});
