/** Client and console of chat on a real terminal: what somebody sees who types there. */
import assert from "node:assert/strict";
import { type ChatClientProcess, type ChatRoom, withChat } from "./chat_room.ts";
import { runTram, tramCommand } from "./processes.ts";
import { Tmux } from "./tmux.ts";

/** Runs tram in a terminal, then shows how it ended. */
function tramIn(
  env: ChatRoom["env"],
  args: readonly string[],
  [columns, rows]: readonly [number, number],
): Promise<Tmux> {
  const { command, prefix } = tramCommand();
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = ["env", "-u", "NO_COLOR", ...variables, command, ...prefix, ...args].map((word) =>
    `'${word}'`
  );
  return Tmux.start(`${words.join(" ")}; echo "code $?"; cat`, columns, rows);
}

/** Joins from a terminal. */
function joinIn(
  { env }: ChatRoom,
  port: string,
  nick: string,
  columns: number,
  args: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<Tmux> {
  const who = ["--nick", nick, "--profile", nick];
  const all = ["chat", "join", "--port", port, ...who, ...args];
  return tramIn({ ...env, ...more }, all, [columns, 24]);
}

/** Waits until a client has a line. */
function heard(client: ChatClientProcess, wanted: string) {
  return client.event("line", ({ text }) => text === wanted);
}

async function enter(tmux: Tmux, text: string): Promise<void> {
  await tmux.type(text);
  await tmux.press("Enter");
}

Deno.test("chat join keeps what is typed while lines arrive, takes pastes, and ends at ^C", () =>
  withChat(async (room) => {
    await using server = await room.serve(["--pace", "0"]);
    await using bob = await room.joined(server.port, "bob");
    await using ada = await joinIn(room, server.port, "ada", 40);
    await ada.matching(/\n#lobby · ada · 2 here · [\d.]+ \S+\n#lobby>$/);
    const typed = "quite a lot while lines arrive 字字";
    let isTyping = true;
    const saying = async () => {
      for (let i = 1; i <= 50 || isTyping; i++) {
        await bob.type(`line ${i}`);
        await heard(bob, `line ${i}`);
      }
      return bob.of("line").length;
    };
    const count = saying();
    for (const character of typed) await ada.type(character);
    isTyping = false;
    const last = await count;
    const text = await ada.matching(
      new RegExp(`> line ${last}\\n#lobby · ada · .*\\n#lobby> …e lines arrive 字字$`),
    );
    const lines = text.split("\n").filter((line) => line.includes("<bob>"));
    assert.deepEqual(
      lines.map((line) => line.replace(/^\d\d:\d\d /, "")),
      Array.from({ length: last }, (_, i) => `<bob> line ${i + 1}`),
    );
    assert.equal((text.match(/#lobby · ada · /g) ?? []).length, 1, "one status");
    await ada.press("Enter");
    await heard(bob, typed);

    await ada.paste("x".repeat(5000));
    await ada.matching(/\nCut what was pasted: a line has at\s+most\s+4 KiB\n.*\n#lobby> …x+$/);
    await ada.press("Enter");
    await heard(bob, "x".repeat(4096));
    await ada.paste("one\ntwo\nthree");
    await Promise.all([heard(bob, "one"), heard(bob, "two")]);
    await ada.resize(20, 24);
    await ada.matching(/\n#lobby · ada · 2 h…\n#lobby> three$/);
    await ada.resize(80, 24);
    await ada.matching(/\n#lobby · ada · 2 here · [\d.]+ \S+\n#lobby> three$/);
    await enter(ada, " and more");
    await heard(bob, "three and more");
    await ada.type("never sent");
    await ada.press("C-c");
    await ada.matching(/> three and more\n#lobby · ada · .*\n#lobby>$/);
    await ada.press("C-c");
    await ada.matching(/> three and more\ncode 130$/);
    await bob.event("presence", ({ what, nick }) => what === "left" && nick === "ada");
    assert(!bob.of("line").some(({ text }) => text.includes("never")));
  }));

Deno.test("chat join on a terminal outlives its server: what is typed stays, what is sent arrives", () =>
  withChat(async (room) => {
    await using killed = await room.serve();
    const { port } = killed;
    await using bob = await room.joined(port, "bob");
    await using ada = await joinIn(room, port, "ada", 100);
    await using cyd = await joinIn(room, port, "cyd", 60, [], { NO_COLOR: "1" });
    await Promise.all([ada, cyd].map((tmux) => tmux.matching(/ · 3 here · /)));
    await bob.type("who is there?");
    await Promise.all([ada, cyd].map((tmux) => tmux.matching(/<bob> who is there\?\n/)));
    assert((await ada.styled()).includes("m<bob>\u001b["));
    assert(!(await cyd.styled()).includes("\u001b["));

    await ada.type("half of");
    killed.process.kill();
    await ada.matching(/\nreconnecting( in \d+ s)? \([^)]+\) · #lobby · ada\n#lobby> half of$/);
    await enter(ada, " a line");
    await ada.matching(/-- kept until there is a line: half of a line\n[^]* · 1 to send\n#lobby>$/);
    await ada.type("typed on");
    await using _server = await room.serve([], port);
    await ada.matching(
      /<ada> half of a line\n[^]*#lobby · ada · \d here · .*\n#lobby> typed on$/,
    );
    await ada.press("Enter");
    await heard(bob, "typed on");
    const said = bob.of("line").filter(({ nick }) => nick === "ada").map(({ text }) => text);
    assert.deepEqual(said, ["half of a line", "typed on"]);
    await ada.press("C-d");
    await ada.matching(/\ncode 0$/);
    await cyd.matching(/<ada> typed on\n/); // it is back
    await enter(cyd, "!quit see you");
    await cyd.matching(/\ncode 0$/);
    await bob.event(
      "presence",
      ({ nick, reason }) => nick === "cyd" && /see you/.test(reason ?? ""),
    );
  }));

Deno.test("chat join counts what is unread, completes names and commands, talks in private", () =>
  withChat(async (room) => {
    await using server = await room.serve();
    const { port } = server;
    const rooms = ["--room", "#lobby,#dev"];
    await using bob = await room.joined(port, "bob", rooms);
    await using ada = await joinIn(room, port, "ada", 80, rooms);
    await ada.matching(/#lobby · ada · 2 here · /);
    await ada.matching(/-- #dev: 2 here: /);
    await bob.type("!join #dev\nin dev\nagain");
    await ada.matching(/ #dev <bob> in dev\n.* #dev <bob> again\n#lobby · .* · #dev 2\n#lobby>$/);
    await bob.type("!msg ada psst");
    await ada.matching(/@bob <bob> psst\n#lobby · .* · #dev 2 @bob 1\n#lobby>$/);

    await ada.type("bo");
    await ada.press("Tab");
    await ada.matching(/\n#lobby> bob:$/);
    await enter(ada, "hello");
    await heard(bob, "bob: hello");
    await ada.type("!hist");
    await ada.press("Tab");
    await ada.matching(/\n#lobby> !history$/);
    await ada.press("C-u", "Up");
    await ada.matching(/\n#lobby> bob: hello$/);
    await ada.press("C-u");

    await enter(ada, "!msg bob");
    await ada.matching(/\n@bob · ada · [^@\n]* · #dev 2\n@bob>$/);
    await enter(ada, "just you");
    const line = await heard(bob, "just you");
    assert.deepEqual([line.isPrivate, line.nick, line.where], [true, "ada", "@ada"]);
    await enter(ada, "!join #dev");
    await ada.matching(/\n#dev · ada · 2 here · [\d.]+ \S+\n#dev>$/);
    await enter(ada, "!r and again");
    assert.equal((await heard(bob, "and again")).isPrivate, true);
    await ada.press("C-d");
    await ada.matching(/\ncode 0$/);
  }));

Deno.test("chat serve has a console that is not disturbed, and says goodbye at ^C", () =>
  withChat(async (room) => {
    const serve = ["chat", "serve", "--port", "0", "--store", room.store];
    await using tmux = await tramIn(room.env, serve, [60, 24]);
    const text = await tmux.matching(/^listening on 127\.0\.0\.1:\d+\n[^]*\n>$/);
    const port = /:(\d+)\n/.exec(text)?.[1] ?? "";
    await tmux.type("!li");
    await using ada = await room.joined(port, "ada", ["--stay"]);
    await using bob = await room.joined(port, "bob", ["--stay"]);
    const come = ["join", "--port", port, "--no-state", "--nick"];
    const [one, two] = await Promise.all([
      runTram(["chat", ...come, "cyd"], room.env),
      runTram(["chat", ...come, "dan"], room.env),
      tmux.type("st"),
    ]);
    assert.deepEqual([one.code, two.code], [0, 0]);
    await tmux.matching(/\n\d members? · 1 room · 127\.0\.0\.1:\d+\n> !list$/);
    await tmux.press("Enter");
    await tmux.matching(/\n> !list\n[^]*ada [^]*bob [^]*\n>$/);
    await enter(tmux, "hear, hear");
    await Promise.all([ada, bob].map((client) => heard(client, "hear, hear")));
    await tmux.type("!ki");
    await tmux.press("Tab");
    await tmux.matching(/\n> !kick$/);
    await tmux.type("bo");
    await tmux.press("Tab");
    await enter(tmux, "no room");
    const { code, stderr } = await bob.ended;
    assert.deepEqual([code, stderr], [
      77,
      "tram: The server refused: Kicked by console: no room\n",
    ]);
    await tmux.type("half a command");
    await tmux.press("C-c", "C-c");
    await tmux.matching(/\ncode 0$/);
    const goodbye = await ada.event("disconnected");
    assert.equal(goodbye.code, "shutting-down");
    assert.match(goodbye.message, new RegExp(`come back with: tram chat join .*--port ${port};`));
  }));
