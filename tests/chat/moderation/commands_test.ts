import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_LINE_BYTES } from "../../../lib/chat/limits.ts";
import { safeText } from "../../../lib/terminal/safe_text.ts";
import { displayWidth } from "../../../lib/terminal/display_width.ts";
import { ModerationRoom } from "./moderation_room.ts";

Deno.test("!list shows who is here, operators first, with data for programs", async () => {
  const room = await ModerationRoom.open();
  room.join("bob", "bob", ["#lobby", "#a", "#b", "#c"]);
  room.join("ada", "ada");
  await room.run("!suspend bob");
  await room.clock.advance(90_000);
  const { command, isDone, lines, data } = await room.run("!list");
  assert.deepEqual({ command, isDone }, { command: "!list", isDone: true });
  assert.deepEqual(lines, [
    "name  rank         here for  rooms",
    "ada   operator   1 min 30 s  #lobby",
    "bob   suspended  1 min 30 s  #lobby #a #b +1",
  ]);
  const { members } = data as { members: { nick: string; isOperator: boolean }[] };
  assert.deepEqual(members.map(({ nick, isOperator }) => [nick, isOperator]), [
    ["ada", true],
    ["bob", false],
  ]);
});

Deno.test("!list of a room shows who is in it", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob", "", ["#dev"]);
  room.join("eve");
  for (const command of ["!list #DEV", "!list dev", "list #dev"]) {
    assert.match(await room.text(command, bob), /^name .*\nbob [^\n]*$/);
  }
  assert.equal(await room.text("!list #nobody"), "Nobody is in #nobody");
  assert.match(await room.text("!list #a b"), /^refused: Cannot use "#a b" as a room/);
});

Deno.test("!list of thousands shows the first of them and says so", async () => {
  const room = await ModerationRoom.open();
  for (let i = 0; i < 1200; i++) room.join(`m${i}`, "", [`#${"r".repeat(31)}`, "#b", "#c", "#d"]);
  const reply = await room.run("!list");
  assert.equal(reply.lines.length, 502);
  assert.equal(reply.lines.at(-1), "and 700 more");
  assert.ok(JSON.stringify(reply).length < 500_000);
});

Deno.test("!rooms shows rooms, those with the most members first", async () => {
  const room = await ModerationRoom.open();
  assert.equal(await room.text("!rooms"), "There are no rooms yet");
  room.join("bob", "", ["#dev"]);
  room.join("eve", "", ["#lobby", "#dev"]);
  assert.deepEqual((await room.run("!rooms")).lines, [
    "room    members  lines",
    "#dev          2      4",
    "#lobby        1      6",
  ]);
});

Deno.test("!who shows members what all may know, and operators the rest", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob", "bob");
  const ada = room.join("ada", "ada");
  await room.clock.advance(5000);
  assert.deepEqual((await room.run("!who Ada", bob)).lines, [
    "ada, operator",
    "here for 5.0 s as ada, in #lobby",
  ]);
  await room.run("!suspend bob 1h noise");
  const { lines, data } = await room.run("!who bob", ada);
  assert.deepEqual(lines, [
    "bob",
    "here for 5.0 s as bob from 10.0.0.7:40001, in #lobby",
    "suspended: 1 h 00 min left, by console: noise",
    "known by token:bob",
  ]);
  assert.equal((data as { identity: string }).identity, "token:bob");
  assert.ok(!JSON.stringify((await room.run("!who ada", bob)).data).includes("10.0.0.7"));
});

Deno.test("!who tells when somebody was seen who is not here", async () => {
  const room = await ModerationRoom.open();
  room.knows("zoe", "zoe");
  await room.clock.advance(3_600_000);
  assert.match(await room.text("!who zoe"), /^zoe\nnot connected, seen 1 h 00 min ago\n/);
});

Deno.test("!bans shows what holds, and nothing that is over or forgiven", async () => {
  const room = await ModerationRoom.open();
  for (const nick of ["bob", "eve", "mia"]) room.join(nick, nick);
  assert.equal(await room.text("!bans"), "Nobody is banned or suspended");
  await room.run("!ban bob spam");
  await room.clock.advance(1);
  await room.run("!suspend eve 1h");
  await room.clock.advance(1);
  await room.run("!suspend mia 1m");
  await room.clock.advance(60_000);
  const { lines, data } = await room.run("!bans");
  assert.deepEqual(lines, [
    "name  what                  for  by       reason",
    "bob   ban        until forgiven  console  spam",
    "eve   suspend  59 min 00 s left  console",
  ]);
  assert.equal((data as { count: number }).count, 2);
});

Deno.test("findTarget() looks for a mistyped name among some, not in a whole crowd", async () => {
  const room = await ModerationRoom.open();
  for (let at = 0; at < 1500; at++) room.join(`m${at}x${at}`);
  assert.match(await room.text("!who m9x99y"), /did you mean "m9x9"|did you mean "m99x99"/);
  assert.doesNotMatch(await room.text("!who m1400x1499"), /m1400x1400/);
});

Deno.test("!log and !bans leave room for reasons at 80 columns", async () => {
  const room = await ModerationRoom.open();
  const reason = "this reason has to be readable, at least its beginning";
  for (const name of ["n".repeat(24), "m".repeat(24)]) {
    room.join(name);
    await room.run(`!suspend ${name} 59m30s ${reason}`);
  }
  for (const command of ["!log", "!bans"]) {
    const { lines } = await room.run(command);
    assert.equal(lines.length, 3, lines.join("\n"));
    for (const line of lines.slice(1)) assert.match(line, /59 min 30 s .*this reason has to/);
    assert(lines.every((line) => line.length <= 80));
  }
});

Deno.test("!log says for how long, in its own column", async () => {
  const room = await ModerationRoom.open();
  room.join("bob");
  await room.run("!suspend bob 10m too loud");
  const { lines: [title = "", line = ""] } = await room.run("!log");
  assert.match(title, /^when \(UTC\) +by +what +whom +for +reason$/);
  assert.match(line, /^\d{4}-\d\d-\d\d \d\d:\d\d +console +suspend +bob +10 min +too loud$/);
});

Deno.test("!log shows what was done, newest first", async () => {
  const room = await ModerationRoom.open();
  const ada = room.join("ada", "ada");
  room.join("bob", "bob");
  assert.equal(await room.text("!log"), "Nothing has been done yet");
  await room.run("!say hello", ada);
  await room.run("!suspend bob 10m noise");
  await room.run("!forgive bob");
  const { lines } = await room.run("!log 2");
  assert.equal(lines.length, 3);
  assert.match(lines[1] ?? "", /^2023-11-14 22:13 +console +forgive +bob$/);
  assert.match(lines[2] ?? "", /suspend +bob +10 min +noise$/);
  assert.match(await room.text("!log x"), /^refused: Cannot do !log: wanted a whole number/);
});

Deno.test("!kick cuts somebody, who may come back", async () => {
  const room = await ModerationRoom.open();
  const ada = room.join("ada", "ada");
  room.join("bob", "bob");
  assert.equal(await room.text("!kick bob spam", ada), "bob was kicked: spam");
  assert.deepEqual(room.deeds(), ["cut bob chat.kicked Kicked by ada: spam"]);
  assert.equal(room.moderation.admit("token:bob"), undefined);
  room.knows("zoe");
  assert.equal(await room.text("!kick zoe"), "refused: Cannot kick zoe: they are not connected");
});

Deno.test("!say speaks for the server, or for an operator by name", async () => {
  const room = await ModerationRoom.open();
  const ada = room.join("ada", "ada");
  assert.equal(await room.text("!say  tea is ready "), "Said to 1 member");
  await room.run("!say hi", ada);
  assert.deepEqual(room.deeds(), ["say tea is ready", "say ada (operator): hi"]);
  await room.run(`!say ${"é".repeat(3000)}`);
  const [long = ""] = room.deeds();
  assert.ok(new TextEncoder().encode(long).length <= MAX_LINE_BYTES + "say ".length);
  assert.match(await room.text("!say"), /^refused: .*wanted a text; usage: !say TEXT$/);
});

Deno.test("!shutdown ends the server now or later", async () => {
  const room = await ModerationRoom.open();
  assert.equal(await room.text("!shutdown 30s new version"), "The server ends in 30 s");
  assert.equal(await room.text("!shutdown"), "The server ends now");
  assert.deepEqual(room.deeds(), ["shutdown 30000 new version", "shutdown 0 "]);
  assert.match(await room.text("!shutdown 2d"), /at most 24h/);
  assert.match(await room.text("!shutdown 30"), /wanted a time such as/);
});

Deno.test("!help shows what one may do, within 80 columns", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob", "bob");
  const { lines } = await room.run("!help", bob);
  assert.deepEqual(lines.map((line) => line.split(" ")[0]), [
    "command",
    "!help",
    "!list",
    "!rooms",
    "!who",
  ]);
  const all = await room.run("!help");
  assert.equal(all.lines.length, 15);
  for (const line of all.lines) assert.ok(displayWidth(line) <= 80, line);
});

Deno.test("Moderation says what an unknown command may have meant", async () => {
  const room = await ModerationRoom.open();
  const bob = room.join("bob");
  assert.equal(
    await room.text("!lits"),
    "refused: Cannot do !lits: there is no such command; did you mean !list?",
  );
  assert.equal(
    await room.text("!bann", bob),
    "refused: Cannot do !bann: there is no such command; see !help",
  );
  assert.match(await room.text("!quit"), /end it with !shutdown$/);
  assert.match(await room.text("!join #x"), /it is a command of clients/);
  assert.match(await room.text("!\u001b[2J"), /^refused: Cannot do !\\x1b\[2j: /);
});

Deno.test("Moderation answers any text with lines that are safe to print", async () => {
  const room = await ModerationRoom.open();
  room.join("b\u001bob\u202e", "bob");
  room.join("ada", "ada");
  const nasty = fc.string({ unit: "binary", maxLength: 40 });
  const name = fc.constantFrom("ada", "b\u001bob\u202e", "token:x", "zoe");
  const command = fc.constantFrom("ban", "suspend", "forgive", "op", "deop", "who", "say", "log");
  const text = fc.oneof(
    nasty,
    fc.tuple(command, name, nasty).map(([word, nick, rest]) => `!${word} ${nick} ${rest}`),
    fc.constantFrom("!list", "!bans", "!log 50", "!rooms"),
  );
  await fc.assert(fc.asyncProperty(text, async (given) => {
    const { command, lines } = await room.run(given);
    assert.ok(command.length <= 64);
    for (const line of lines) assert.equal(safeText(line), line);
  }));
});
