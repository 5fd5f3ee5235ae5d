/** Interruptions at moments that chance seldom hits. */
import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { MemoryNotes } from "../../../lib/chat/files/file_notes.ts";
import { assertSameBytes, CHUNK, FilesWorld, handOver, someBytes } from "./files_world.ts";

const BYTES = someBytes(3 * CHUNK + 5);
const { kinds } = chatService;

Deno.test("FileExchange that has a file says so, when its word of it was lost in a restart", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  await handOver(world, ada, bob, BYTES);
  await world.until(() => bob.last("started") !== undefined && ada.last("started") !== undefined);
  for (const link of ada.links) link.back.stall();
  await world.until(() => bob.last("done") !== undefined);
  await bob.kill();
  ada.cut();
  bob.start();
  await world.until(() => ada.last("done") !== undefined);
  assert.deepEqual(bob.files.paths, ["downloads/a.bin"]);
  assert.equal(bob.events.filter(({ state }) => state === "offered").length, 1);
});

Deno.test("FileExchange has a file once, when it was killed right after it had given it its name", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const rename = bob.files.renameToNew.bind(bob.files);
  let killed: Promise<void> | undefined;
  bob.files.renameToNew = async (from, to) => {
    const isNamed = await rename(from, to);
    killed = bob.kill();
    return isNamed;
  };
  await handOver(world, ada, bob, BYTES);
  await world.until(() => killed !== undefined);
  await killed;
  assert.equal(ada.last("done"), undefined);
  bob.start();
  await world.until(() => ada.last("done") !== undefined);
  assert.deepEqual(bob.files.paths, ["downloads/a.bin"]);
  assert.equal(bob.exchange.list().length, 0);
  assert.equal(bob.events.filter(({ state }) => state === "offered").length, 1);
});

Deno.test("FileExchange goes on when it hears that an earlier connection of the receiver is gone", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const gate = Promise.withResolvers<void>();
  bob.files.onWrite = (path) => {
    if (path.endsWith(".tram-part")) bob.files.gate = gate.promise;
  };
  await handOver(world, ada, bob, BYTES);
  await world.until(() => bob.files.gate !== undefined && ada.last("started") !== undefined);
  const { key } = JSON.parse(ada.notes.notes.get("sent:0") ?? "");
  const handlers = ada.exchange.handlersFor(ada.connection ?? assert.fail());
  const gone = { code: "gone", message: "bob is gone", nick: "bob" };
  handlers.fileStop({ transfer: 2 ** 31, key, ...gone });
  gate.resolve();
  await world.until(() => bob.last("done") !== undefined);
  await world.until(() => ada.last("done") !== undefined);
  assert.equal(ada.last("stopped"), undefined);
});

Deno.test("FileExchange.send() offers what is noted for good, and nothing that cannot be", async () => {
  await using world = new FilesWorld();
  const notes = new MemoryNotes();
  let noted = Promise.withResolvers<void>();
  const ada = await world.person("ada", {
    notes: Object.assign(notes, { sync: () => noted.promise }),
  });
  const bob = await world.person("bob");
  ada.files.put("home/a.bin", BYTES);
  const sent = ada.exchange.send("home/a.bin", "@bob");
  await world.until(() => notes.notes.has("sent:0"));
  ada.cut(); // whoever comes back offers all that is open
  await world.until(() => ada.connection?.isOpen === false);
  await world.until(() => ada.connection?.isOpen === true);
  for (let turn = 0; turn < 20; turn++) await settle();
  const early = [bob.events.length, ada.exchange.list().length];
  noted.reject(new Error("no space left on device"));
  assert.deepEqual(early, [0, 0]);
  await assert.rejects(sent, /^Error: Cannot send home\/a.bin: no space left on device$/);
  assert.equal(notes.notes.get("sent:0"), "");
  noted = Promise.withResolvers<void>();
  noted.resolve();
  await ada.exchange.send("home/a.bin", "@bob");
  await world.until(() => bob.last("offered") !== undefined);
});

Deno.test("FileExchange says that it has a file, when it was offered again meanwhile", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const gate = Promise.withResolvers<void>();
  bob.files.onWrite = (path) => {
    if (path.endsWith(".tram-part")) bob.files.gate = gate.promise;
  };
  await handOver(world, ada, bob, someBytes(100));
  await world.until(() => bob.files.gate !== undefined);
  for (let turn = 0; turn < 20; turn++) await settle(); // the end has come
  bob.cut();
  await world.until(() => bob.connection?.isOpen === false);
  await world.until(() => bob.connection?.isOpen === true && world.desk.open === 1);
  assert.equal(ada.last("done"), undefined);
  gate.resolve();
  await world.until(() => ada.last("done") !== undefined);
  assert.deepEqual(bob.files.paths, ["downloads/a.bin"]);
});

Deno.test("FileExchange offers again when both lines are lost before an answer", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  ada.files.put("home/a.bin", BYTES);
  await ada.exchange.send("home/a.bin", "@bob");
  ada.cut();
  bob.cut();
  await world.until(() => bob.last("offered") !== undefined);
  bob.exchange.accept();
  await world.until(() => bob.last("done") !== undefined);
  assertSameBytes(bob.files.get("downloads/a.bin"), BYTES);
});

Deno.test("FileExchange.cancel() ends a file that is being opened", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const gate = Promise.withResolvers<void>();
  bob.files.gate = gate.promise;
  await handOver(world, ada, bob, BYTES);
  await settle();
  bob.exchange.cancel(1);
  await world.until(() => ada.last("stopped")?.code === "cancelled");
  gate.resolve();
  bob.files.gate = undefined;
  await bob.end();
  assert.deepEqual(bob.files.paths, []);
  assert.equal(bob.last("started"), undefined);
});

Deno.test("FileExchange does not show an offer that was withdrawn while it looked around", async () => {
  await using world = new FilesWorld();
  const ada = await world.person("ada");
  const gate = Promise.withResolvers<void>();
  const bob = await world.person("bob");
  await bob.kill();
  bob.files.gate = gate.promise;
  bob.start();
  await world.until(() => bob.connection?.isOpen === true);
  ada.files.put("home/a.bin", BYTES);
  const number = await ada.exchange.send("home/a.bin", "@bob");
  await world.until(() => world.desk.open === 1);
  ada.exchange.cancel(number);
  await world.until(() => world.desk.open === 0);
  for (let turn = 0; turn < 20; turn++) await settle();
  gate.resolve();
  bob.files.gate = undefined;
  await world.until(() => ada.exchange.list().length === 0);
  for (let turn = 0; turn < 20; turn++) await settle();
  assert.deepEqual(bob.events, []);
});

Deno.test("FileExchange asks before it goes on with a file of somebody else", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  let writes = 0;
  bob.files.onWrite = (path) => {
    if (path.endsWith(".tram-part") && ++writes === 2) void bob.kill();
  };
  await handOver(world, ada, bob, someBytes(20 * CHUNK));
  await world.until(() => ada.last("stopped")?.code === "gone");
  const key = JSON.parse(ada.notes.notes.get("sent:0") ?? "").key;
  await ada.kill();
  bob.files.onWrite = undefined;
  bob.events.length = 0;
  bob.start();
  const eve = await world.raw("eve", { start: () => assert.fail("it began"), fileStop: () => {} });
  await world.until(() => bob.connection?.isOpen === true);
  eve.send(kinds.offer, { key, to: "@bob", name: "a.bin", size: 20 * CHUNK });
  await world.until(() => bob.last("offered") !== undefined);
  assert.deepEqual(bob.events.map(({ state, peer }) => [state, peer]), [["offered", "eve"]]);
  await eve.close();
});
