/** `tram chat join` of lines, pipes and files. */
import assert from "node:assert/strict";
import { JoinRoom } from "./join_room.ts";
import { plainText } from "./plain_text.ts";

Deno.test("chat join says the lines of its input, prints all, and leaves when they are delivered", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const bob = world.join("bob", ["--no-state"]);
  await world.runUntil(bob.stderr.matching(/#lobby: 1 here/));
  const ada = world.join("ada", ["--no-state"]);
  ada.stdin.type("hi\n!!list\n\ntwo\r\n!list\nlast");
  ada.stdin.end();
  assert.equal(await world.runUntil(ada.exitCode), 0);
  const out = ada.stdout.text.replaceAll(/^\d\d:\d\d/gm, "TIME");
  assert.match(out, /^TIME #lobby <ada> hi\nTIME #lobby <ada> !list\nTIME #lobby <ada> two\n/);
  assert.match(out, /^name +rank/m);
  assert.match(out, /^TIME #lobby <ada> last$/m);
  bob.stdin.type("bye\n");
  bob.stdin.end();
  assert.equal(await world.runUntil(bob.exitCode), 0);
  assert.deepEqual(
    bob.stdout.text.trimEnd().split("\n").map((line) => line.slice(6)),
    ["hi", "!list", "two", "last"].map((text) => `#lobby <ada> ${text}`)
      .concat("#lobby <bob> bye"),
  );
  assert.match(bob.stderr.text, /ada has come to #lobby\n[^]*ada has left #lobby \(quit\)/);
});

Deno.test("chat join without a terminal reads nothing before it has reached the server", async () => {
  await using world = new JoinRoom();
  const ada = world.join("ada");
  ada.stdin.type("hi\n");
  ada.stdin.end();
  assert.equal(await world.runUntil(ada.exitCode), 69);
  assert.equal(ada.stdout.text, "");
  assert.match(ada.stderr.text, /^tram: [^\n]*refused[^\n]*\n$/);
});

Deno.test("chat join ends with 3 when a line or a command was not taken", async () => {
  for (const typed of ["x".repeat(5000), "!kick ada", "!jion #dev"]) {
    await using world = new JoinRoom();
    await world.serve();
    const ada = world.join("ada", ["--no-state"]);
    ada.stdin.type(`${typed}\n`);
    ada.stdin.end();
    assert.equal(await world.runUntil(ada.exitCode), 3, typed.slice(0, 10));
  }
});

Deno.test("chat join prints what it missed once, over runs that keep their state", async () => {
  await using world = new JoinRoom();
  await world.serve();
  for (const [said, shown] of [["one", ["one"]], ["two", ["two"]], ["", []]] as const) {
    const ada = world.join("ada");
    if (said !== "") ada.stdin.type(`${said}\n`);
    ada.stdin.end();
    assert.equal(await world.runUntil(ada.exitCode), 0);
    const lines = ada.stdout.text.split("\n").filter((line) => line !== "");
    assert.deepEqual(lines.map((line) => line.split("> ")[1]), shown);
  }
  const eve = world.join("eve", ["--no-state", "--last", "1"]);
  eve.stdin.end();
  await world.runUntil(eve.exitCode);
  assert.match(eve.stdout.text, /^\d\d:\d\d #lobby <ada> two\n$/);
});

Deno.test("chat join --nick goes on as who had that nickname here", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const authors: unknown[] = [];
  for (const nick of ["ada", "bob", "ada", "Жанна", "bob", "Жанна"]) {
    const one = world.join("user", ["--nick", nick, "--json"]);
    one.stdin.end();
    assert.equal(await world.runUntil(one.exitCode), 0);
    const [you] = one.events().get("you") ?? [];
    assert.equal(you?.nick, nick);
    authors.push(you?.author);
  }
  const [ada, bob, , jane] = authors;
  assert.deepEqual(authors, [ada, bob, ada, jane, bob, jane]);
  assert.equal(new Set(authors).size, 3);
});

Deno.test("chat join --nick is somebody else when that one is here already, and says so", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const bob = world.join("user", ["--nick", "bob", "--stay", "--json"]);
  await world.runUntil(bob.stdout.matching(/"type":"you"/));
  const other = world.join("user", ["--nick", "bob", "--json"]);
  other.stdin.end();
  assert.equal(await world.runUntil(other.exitCode), 0);
  assert.match(other.stderr.text, /^tram: another process is here as bob: .* profile bob-2,/);
  assert.equal(other.events().get("you")?.[0]?.nick, "bob-2");
  bob.interrupt();
  await world.runUntil(bob.exitCode);
});

Deno.test("chat join --stay goes on after the end of its input, until ^C", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const bot = world.join("bot", ["--stay", "--json"]);
  bot.stdin.end();
  await world.runUntil(bot.stdout.matching(/"type":"room"/));
  await world.room.clock.advance(60_000);
  const ada = world.join("ada", ["--no-state"]);
  ada.stdin.type("hi\n");
  ada.stdin.end();
  await world.runUntil(ada.exitCode);
  assert.deepEqual(bot.events().get("line")?.map(({ text }) => text), ["hi"]);
  bot.interrupt();
  assert.equal(await world.runUntil(bot.exitCode), 130);
});

Deno.test("chat join takes another profile when somebody on the machine has the first", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const clients = [world.join("ada", ["--stay"]), world.join("ada", ["--stay"])];
  for (const { stderr } of clients) await world.runUntil(stderr.matching(/you are/));
  const named = world.join("ada", ["--profile", "default"]);
  assert.equal(await world.runUntil(named.exitCode), 2);
  assert.match(named.stderr.text, /^tram: Cannot use profile "default": another process has it/);
  for (const { interrupt, exitCode } of clients) {
    interrupt();
    assert.equal(await world.runUntil(exitCode), 130);
  }
  const names = [...world.room.stateFiles.contents.keys()].map((path) => path.split("/").at(-1));
  assert.deepEqual(names.sort(), ["2.state", "default.state"]);
});

Deno.test("chat join ends with 77 and the reason when it is banned, and when it comes again", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const ada = world.join("ada");
  await world.runUntil(ada.stderr.matching(/#lobby: 1 here/));
  world.console.type("!ban ada spam\n");
  assert.equal(await world.runUntil(ada.exitCode), 77);
  assert.match(ada.stderr.text, /^tram: The server refused: .*spam/m);
  const again = world.join("ada");
  again.stdin.end();
  assert.equal(await world.runUntil(again.exitCode), 77);
  assert.match(again.stderr.text, /^tram: The server refused: .*spam/m);
});

Deno.test("chat join ends with 1 when another client takes its session, and says how to take it back", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const ada = world.join("ada", ["--stay"]);
  ada.stdin.type("!cookie\n");
  const [, cookie = ""] = await world.runUntil(ada.stdout.matching(/!reconnect (\S+)\n/));
  const eve = world.join("eve", ["--stay"]);
  eve.stdin.type(`!reconnect ${cookie}\n`);
  assert.equal(await world.runUntil(ada.exitCode), 1);
  assert.match(ada.stderr.text, /take it back with: tram chat join .*--profile default\n$/);
  await world.runUntil(eve.stderr.matching(/you are ada now/));
  eve.interrupt();
  await world.runUntil(eve.exitCode);
});

Deno.test("chat join hands a file over, and leaves when it is there", async () => {
  await using world = new JoinRoom();
  await world.serve();
  world.room.fileAccess.put("/home/a.txt", new TextEncoder().encode("content"));
  const bob = world.join("bob", ["--no-state", "--stay", "--accept", "--downloads", "/dl"]);
  await world.runUntil(bob.stderr.matching(/#lobby: 1 here/));
  const ada = world.join("ada", ["--no-state"]);
  ada.stdin.type("!send bob /home/a.txt\n");
  ada.stdin.end();
  assert.equal(await world.runSlowly(ada.exitCode), 0);
  assert.match(ada.stderr.text, /bob has file 1, a\.txt \(7 B\)/);
  assert(world.room.fileAccess.paths.includes("/dl/a.txt"));
  bob.interrupt();
  await world.runUntil(bob.exitCode);
});

Deno.test("chat join knows who is here after a restart of the server, and says nothing of it", async () => {
  await using world = new JoinRoom();
  const server = await world.serve();
  const ada = world.join("ada", ["--nick", "ada"], 80);
  await world.runUntil(ada.stdout.matching(/#lobby · ada · 1 here/));
  const bot = world.join("bot", ["--nick", "bot", "--json", "--stay"]);
  await world.runUntil(ada.stdout.matching(/#lobby · ada · 2 here/));
  server.interrupt();
  await world.runUntil(server.exitCode);
  const before = ada.stdout.text.length;
  await world.serve();
  await world.room.clock.advance(40_000);
  const after = plainText(ada.stdout.text.slice(before));
  assert.match(after, /#lobby · ada · 2 here(?![^]* 1 here)/);
  assert.doesNotMatch(after, /bot has come/);
  for (const one of [ada, bot]) {
    one.interrupt();
    await world.runUntil(one.exitCode);
  }
});

Deno.test("chat join gives up after --reconnect-for, and says that the server went down", async () => {
  await using world = new JoinRoom();
  const server = await world.serve();
  const bot = world.join("bot", ["--no-state", "--stay", "--reconnect-for", "1ms"]);
  await world.runUntil(bot.stderr.matching(/#lobby: 1 here/));
  server.interrupt();
  assert.equal(await world.runUntil(bot.exitCode), 69);
  assert.match(
    bot.stderr.text,
    /^tram: The server went down: come back with: tram chat join [^\n]*\n$/m,
  );
});

Deno.test("chat join rejects files of who is ignored, without a word", async () => {
  await using world = new JoinRoom();
  await world.serve();
  world.room.fileAccess.put("/home/a.txt", new TextEncoder().encode("content"));
  const bob = world.join("bob", ["--no-state", "--stay", "--downloads", "/dl"]);
  await world.runUntil(bob.stderr.matching(/#lobby: 1 here/));
  const ada = world.join("ada", ["--no-state"]);
  await world.runUntil(bob.stderr.matching(/ada has come/));
  bob.stdin.type("!ignore ada\n");
  await world.runUntil(bob.stdout.matching(/Nothing of ada/));
  ada.stdin.type("!send bob /home/a.txt\n");
  ada.stdin.end();
  assert.equal(await world.runSlowly(ada.exitCode), 3);
  assert.match(ada.stderr.text, /stopped: file 1, a\.txt \(7 B\), to @?bob: .*reject/);
  const { stderr: { text } } = bob;
  assert(!text.includes("a.txt"), text);
  bob.stdin.type("!files\n");
  await world.runUntil(bob.stdout.matching(/No files are offered/));
  bob.interrupt();
  await world.runUntil(bob.exitCode);
});

Deno.test("chat join ends with 0 in a relay after moves that were refused, each told once", async () => {
  await using world = new JoinRoom();
  await world.serve("--mode", "relay", "--game", "tictactoe");
  const ada = world.join("ada", ["--no-state", "--stay"]);
  await world.runUntil(ada.stderr.matching(/nobody sits opposite yet: wait$/m));
  ada.stdin.type("a1\n");
  await world.runUntil(ada.stderr.matching(/not sent: "a1"/));
  const bob = world.join("bob", ["--no-state", "--stay"]);
  await world.runUntil(ada.stderr.matching(/your turn/));
  ada.stdin.type("z9\n");
  await world.runUntil(ada.stderr.matching(/not sent: "z9"/));
  bob.stdin.type("b1\n");
  await world.runUntil(bob.stderr.matching(/not sent: "b1"/));
  for (const one of [ada, bob]) {
    one.stdin.type("fin\n");
    assert.equal(await world.runUntil(one.exitCode), 0);
  }
  for (const { stderr: { text } } of [ada, bob]) {
    const told = text.split("\n").filter((line) => line.includes("!!"));
    assert.deepEqual(told.filter((line) => !line.includes("not sent")), []);
  }
});

Deno.test("chat join sits down at a relay, takes turns, and gives its seat up with fin", async () => {
  await using world = new JoinRoom();
  const server = await world.serve("--mode", "relay");
  const ada = world.join("ada", ["--no-state", "--stay"]);
  await world.runUntil(ada.stderr.matching(/this is seat 1/));
  const bob = world.join("bob", ["--no-state", "--stay"]);
  await world.runUntil(bob.stderr.matching(/this is seat 2/));
  ada.stdin.type("knock\n");
  await world.runUntil(bob.stdout.matching(/^\d\d:\d\d <1> knock$/m));
  bob.stdin.type("who is there\n");
  await world.runUntil(ada.stdout.matching(/^\d\d:\d\d <2> who is there$/m));
  bob.stdin.type("fin\n");
  assert.equal(await world.runUntil(bob.exitCode), 0);
  await world.runUntil(ada.stderr.matching(/seat 2 was given up/));
  server.interrupt();
  assert.equal(await world.runUntil(ada.exitCode), 0, "EXIT");
});
