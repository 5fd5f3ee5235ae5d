/** What somebody says by a `ChatClient`: queued, sent once, in order, over lost lines and deaths. */
import assert from "node:assert/strict";
import { MAX_IN_FLIGHT } from "../../../lib/chat/limits.ts";
import { FakeStateFiles } from "../../fake_state_files.ts";
import { ScriptServer, settleAll } from "./script_server.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { setUp } from "./client_set_up.ts";

const { kinds } = chatService;

Deno.test("ChatClient enters its inbox and its rooms before it sends lines", async () => {
  const { world, store, server } = setUp();
  store.add("#lobby", "one");
  const ada = await world.join({ rooms: ["#lobby", "#dev"] });
  await ada.client.say("#dev", "hi");
  await settleAll();
  assert.deepEqual(server.heard, [
    "join @ last 50",
    "join #lobby last 50",
    "join #dev last 50",
    "say 1 #dev hi",
  ]);
  assert.deepEqual(ada.lines(), ["#lobby 1 one", "#dev 1 hi"]);
  assert.deepEqual(ada.of("line").map(({ isOwn }) => isOwn), [false, true]);
  assert.deepEqual(ada.of("sent"), [{ type: "sent", upTo: 1, waiting: 0 }]);
  await world.leave(ada);
});

Deno.test("ChatClient sends lines for a room that it is not in, and is refused", async () => {
  const { world, server } = setUp();
  const ada = await world.join();
  await ada.client.say("#elsewhere", "hi");
  await settleAll();
  assert.equal(server.heard.at(-1), "say 1 #elsewhere hi");
  await world.leave(ada);
});

Deno.test("ChatClient sends lines of a lost line's time once, in order, and asks for what it missed", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join();
  await ada.client.say("#lobby", "l1");
  await settleAll();
  server.holds = true;
  for (const text of ["l2", "l3"]) await ada.client.say("#lobby", text);
  await settleAll();
  world.network.links.at(-1)?.cut();
  await settleAll();
  assert.equal(ada.client.isConnected, false);
  assert.equal(ada.of("disconnected").at(-1)?.code, "lost");
  await ada.client.say("#lobby", "l4");
  server.release(); // l2 and l3 are committed, and their acknowledgement is lost
  server.holds = false;
  store.add("#lobby", "from bob");
  await clock.advance(5000);
  assert.deepEqual(store.committed, ["l1", "l2", "l3", "l4"]);
  assert.deepEqual(ada.lines(), [
    "#lobby 1 l1",
    "#lobby 2 l2",
    "#lobby 3 l3",
    "#lobby 4 from bob",
    "#lobby 5 l4",
  ]);
  assert.equal(server.heard.filter((one) => one === "join #lobby after 1").length, 1);
  assert.equal(ada.client.waiting, 0);
  assert.equal(ada.of("sent").at(-1)?.upTo, 4);
  await world.leave(ada);
});

Deno.test("ChatClient sends what a killed client had queued, once, in order", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join({}, new Map());
  await ada.client.say("#lobby", "l1");
  await settleAll();
  server.holds = true;
  await ada.client.say("#lobby", "l2");
  await settleAll();
  world.network.links.at(-1)?.cut();
  await settleAll();
  await ada.client.say("#lobby", "l3");
  assert.deepEqual(ada.of("queued").map(({ text }) => text), ["l1", "l2", "l3"]);
  const disk = ada.kill();
  server.release(); // l2 is committed after the death of who sent it
  server.holds = false;
  await clock.advance(10);
  const again = await world.join({ rooms: undefined }, disk);
  await clock.advance(1000);
  assert.deepEqual(store.committed, ["l1", "l2", "l3"]);
  assert.equal(again.client.waiting, 0);
  assert.equal(server.connections.at(-1)?.terms.resumed, true);
  assert.equal(again.client.joined.all[0], "#lobby", "rooms are remembered");
  await world.leave(again);
});

Deno.test("ChatClient has at most MAX_IN_FLIGHT lines on their way", async () => {
  const { world, store, server } = setUp();
  const ada = await world.join();
  await settleAll();
  server.holds = true;
  const texts = Array.from({ length: MAX_IN_FLIGHT + 10 }, (_, i) => `l${i}`);
  for (const text of texts) await ada.client.say("#lobby", text);
  await settleAll();
  const said = () => server.heard.filter((one) => one.startsWith("say")).length;
  assert.equal(said(), MAX_IN_FLIGHT);
  server.release();
  await settleAll();
  assert.equal(said(), texts.length);
  server.release();
  await settleAll();
  assert.deepEqual(store.committed, texts);
  await world.leave(ada);
});

Deno.test("ChatClient shows a refused line with what it was, and goes on", async () => {
  const { world, store, server } = setUp();
  const ada = await world.join();
  server.refuses = (text) => text === "bad" ? "suspended for 3 min" : undefined;
  for (const text of ["bad", "good"]) await ada.client.say("#lobby", text);
  await settleAll();
  assert.deepEqual(ada.of("refused"), [{
    type: "refused",
    sequence: 1,
    code: "suspended",
    message: "suspended for 3 min",
    where: "#lobby",
    text: "bad",
  }]);
  assert.deepEqual(store.committed, ["good"]);
  assert.equal(ada.client.waiting, 0);
  await world.leave(ada);
});

for (const dies of [false, true]) {
  const what = dies ? "that it was killed with" : "of a lost line's time";
  Deno.test(`ChatClient shows the refusal of a line ${what}, once`, async () => {
    const { world, clock, server } = setUp();
    const ada = await world.join({}, new Map());
    server.refuses = (text) => text === "bad" ? "suspended for 3 min" : undefined;
    server.holds = true;
    await ada.client.say("#lobby", "bad");
    await settleAll();
    world.network.links.at(-1)?.cut();
    await settleAll();
    const disk = dies ? ada.kill() : undefined;
    server.release(); // it is refused, and that is lost
    server.holds = false;
    const back = disk === undefined ? ada : await world.join({ rooms: undefined }, disk);
    for (let time = 0; time < 3; time++) {
      await clock.advance(5000);
      const [refused, ...more] = back.of("refused");
      assert.deepEqual([refused?.sequence, refused?.text, more.length], [1, "bad", 0]);
      await back.client.say("#lobby", `good ${time}`);
      world.network.links.at(-1)?.cut();
    }
    const third = await world.join({ rooms: undefined }, back.kill());
    await clock.advance(5000);
    assert.deepEqual(third.of("refused"), []);
    await world.leave(third);
  });
}

Deno.test("ChatClient says that a line is queued when it would outlive a kill", async () => {
  const { world, store } = setUp();
  let disk = new Map<string, Uint8Array>();
  const ada = await world.join({}, new Map(), (event, now) => {
    if (event.type === "queued") disk = now;
  });
  await ada.client.say("#lobby", "l1");
  ada.kill();
  await settleAll();
  assert.deepEqual(store.committed, [], "it was never sent");
  const again = await world.join({}, disk);
  await settleAll();
  assert.deepEqual(store.committed, ["l1"]);
  await world.leave(again);
});

Deno.test("ChatClient takes up lines that a server has lost its end of", async () => {
  const { world, store, clock, server } = setUp();
  for (const text of ["one", "two", "three"]) store.add("#lobby", text);
  const ada = await world.join();
  await settleAll();
  store.lines("#lobby").length = 1; // an old copy of the store
  world.network.links.at(-1)?.cut();
  await clock.advance(2000);
  server.broadcast(store.add("#lobby", "other two"));
  await settleAll();
  assert.equal(ada.lines().at(-1), "#lobby 2 other two");
  assert.match(ada.of("local").at(-1)?.lines[0] ?? "", /has lost lines of #lobby: it had 3, has 1/);
  await world.leave(ada);
});

Deno.test("ChatClient sends a full window again to a server that was killed", async () => {
  const { world, store, clock, server } = setUp();
  const ada = await world.join();
  await settleAll();
  server.holds = true;
  const texts = Array.from({ length: MAX_IN_FLIGHT + 5 }, (_, i) => `l${i}`);
  for (const text of texts) await ada.client.say("#lobby", text);
  await settleAll();
  await clock.runUntil(server.kill(world));
  new ScriptServer(world, store);
  await clock.advance(60_000);
  assert.deepEqual(store.committed, texts);
  await world.leave(ada);
});

Deno.test("ChatClient.settled() waits for lines, rooms and answers", async () => {
  const { world, clock, server } = setUp();
  server.holds = true;
  const ada = await world.join();
  let isSettled = false;
  await ada.client.say("#lobby", "hi");
  await settleAll();
  ada.client.settled().then(() => isSettled = true);
  await settleAll();
  assert.equal(isSettled, false);
  server.answers = false;
  ada.client.command("!list");
  server.release();
  await clock.advance(1000);
  assert.equal(isSettled, false);
  server.last.send(kinds.reply, { command: "!list", isDone: true, lines: ["did !list"] });
  await clock.advance(1);
  assert.equal(isSettled, true);
  assert.deepEqual(ada.of("reply").map(({ lines }) => lines), [["did !list"]]);
  await world.leave(ada);
});

/** State files on a disk that can be full. */
class FullableStateFiles extends FakeStateFiles {
  isFull = false;

  override async open(path: string) {
    const file = await super.open(path);
    if (file === undefined) return undefined;
    const full = () => Promise.reject(new Error("no space left"));
    return {
      ...file,
      append: (bytes: Uint8Array) => this.isFull ? full() : file.append(bytes),
      replace: (bytes: Uint8Array) => this.isFull ? full() : file.replace(bytes),
    };
  }
}

Deno.test("ChatClient says once that a line cannot be kept, and sends it when it can", async () => {
  const { world, store, clock, server } = setUp();
  const files = new FullableStateFiles();
  const ada = await world.join({}, new Map(), undefined, files);
  await settleAll();
  files.isFull = true;
  const saying = ada.client.say("#lobby", "hi");
  server.broadcast(store.add("#lobby", "from bob"));
  await settleAll();
  assert.deepEqual(store.committed, [], "its number could be given twice");
  assert.deepEqual(ada.lines(), ["#lobby 1 from bob"], "it is shown all the same");
  const [said, ...more] = ada.of("local").flatMap(({ lines }) => lines);
  assert.match(said ?? "", /^Cannot keep what is typed and seen: no space left; trying again$/);
  assert.deepEqual(more, []);
  assert.deepEqual(ada.of("queued"), []);
  files.isFull = false;
  await clock.advance(2000);
  assert.equal(await saying, true);
  assert.equal(ada.of("queued").length, 1);
  assert.deepEqual(store.committed, ["hi"]);
  await world.leave(ada);
});
