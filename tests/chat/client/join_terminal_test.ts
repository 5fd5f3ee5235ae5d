/** `tram chat join` at a terminal. */
import assert from "node:assert/strict";
import { displayWidth } from "../../../lib/terminal/display_width.ts";
import { JoinRoom } from "./join_room.ts";
import { plainText } from "./plain_text.ts";

Deno.test("chat join at a terminal keeps what is typed while the line breaks, and sends it later", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const ada = world.join("ada", [], 40);
  await world.runUntil(ada.stdout.matching(/#lobby · ada · 1 here/));
  ada.stdin.type("half a li");
  await world.room.clock.advance(10);
  for (const link of world.room.network.links) link.cut();
  await world.runUntil(ada.stdout.matching(/reconnecting/));
  ada.stdin.type("ne\r");
  await world.runUntil(ada.stdout.matching(/kept until there is a line/));
  await world.runUntil(ada.stdout.matching(/<ada> half a line/));
  assert.match(plainText(ada.stdout.text), /kept until [^]*back at 127\.0\.0\.1:7780\n/);
  for (const line of plainText(ada.stdout.text).split("\n")) {
    assert(displayWidth(line) <= 40 || line.includes(">"), line);
  }
  ada.stdin.type("\u0004");
  assert.equal(await world.runUntil(ada.exitCode), 0);
  assert.equal(ada.stdin.isRaw, false);
});

Deno.test("chat join at a terminal ends at once with 130 at ^C, and says what waits", async () => {
  await using world = new JoinRoom();
  const ada = world.join("ada", ["--port", "7780"], 80);
  await world.runUntil(ada.stdout.matching(/reconnecting/));
  ada.stdin.type("hello\r");
  await world.runUntil(ada.stdout.matching(/kept until there is a line: hello/));
  const { clock } = world.room;
  const startNs = clock.monotonicNs();
  ada.stdin.type("\u0003");
  assert.equal(await world.runUntil(ada.exitCode), 130);
  assert.equal(clock.monotonicNs(), startNs);
  assert.match(
    ada.stderr.text,
    /1 line is not delivered; sent next time by: tram chat join .*--profile default\n$/,
  );
  await world.serve();
  const again = world.join("ada");
  again.stdin.end();
  assert.equal(await world.runUntil(again.exitCode), 0);
  assert.match(again.stdout.text, /#lobby <ada> hello\n$/);
});

Deno.test("chat join at a terminal counts what is said elsewhere, and switches rooms", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const ada = world.join("ada", ["--room", "#lobby,#dev"], 80);
  await world.runUntil(ada.stdout.matching(/#lobby · ada/));
  const bob = world.join("bob", ["--no-state", "--room", "#dev"]);
  bob.stdin.type("one\ntwo\n!msg ada psst\n");
  bob.stdin.end();
  await world.runUntil(bob.exitCode);
  await world.runUntil(ada.stdout.matching(/#dev 2 @bob 1/));
  ada.stdin.type("!join #dev\rhere\r!r yes\r");
  await world.runUntil(ada.stdout.matching(/<ada> yes/));
  const text = plainText(ada.stdout.text);
  assert.match(text, /^\d\d:\d\d #dev <bob> two$/m, "it says where, elsewhere");
  assert.match(text, /^\d\d:\d\d <ada> here$/m, "it does not, here");
  assert.match(text, /\d\d:\d\d @bob <ada> yes$/m);
  assert.match(text, /#dev> /);
  ada.stdin.type("\u0004");
  await world.runUntil(ada.exitCode);
});

Deno.test("chat join at a terminal cuts a paste to what it can say", async () => {
  await using world = new JoinRoom();
  await world.serve();
  const ada = world.join("ada", ["--no-state"], 80);
  await world.runUntil(ada.stdout.matching(/#lobby · ada/));
  ada.stdin.type(`\u001b[200~${"x".repeat(5000)}\u001b[201~`);
  await world.runUntil(ada.stdout.matching(/Cut what was pasted: a line has at most 4 KiB/));
  ada.stdin.type("\r");
  await world.runUntil(ada.stdout.matching(/<ada>/));
  assert(!ada.stdout.text.includes("Cannot send"));
  ada.stdin.type("\u0004");
  assert.equal(await world.runUntil(ada.exitCode), 0);
});
