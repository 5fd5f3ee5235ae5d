import assert from "node:assert/strict";
import { assertSameBytes, CHUNK, FilesWorld, someBytes } from "./files_world.ts";

const BYTES = someBytes(10 * CHUNK + 5);

Deno.test("FileExchange.send() to a room gives the file to each who wants it", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const [cy, di] = [await world.person("cy"), await world.person("di")];
  ada.files.put("home/a.bin", BYTES);
  const number = await ada.exchange.send("home/a.bin", "#lobby");
  await world.until(() => [bob, cy, di].every((one) => one.last("offered") !== undefined));
  bob.exchange.accept();
  cy.exchange.accept();
  di.exchange.reject();
  await world.until(() => ada.events.filter(({ state }) => state === "done").length === 2);
  for (const { files } of [bob, cy]) assertSameBytes(files.get("downloads/a.bin"), BYTES);
  assert.deepEqual(di.files.paths, []);
  const stopped = ada.events.filter(({ state }) => state === "stopped");
  assert.deepEqual(stopped.map(({ peer, code }) => [peer, code]), [["di", "rejected"]]);
  const done = ada.events.filter(({ state }) => state === "done");
  assert.deepEqual(done.map(({ peer }) => peer).sort(), ["bob", "cy"]);
  assert.equal(new Set([number, ...done.map((event) => event.number)]).size, 3);
  await ada.exchange.settled();
  assert.deepEqual(ada.exchange.list().map(({ state, peer }) => [state, peer]), [
    ["offered", "#lobby"],
  ]);
  ada.exchange.cancel(number);
  assert.equal(ada.exchange.list().length, 0);
});

Deno.test("FileExchange offers to a room again after a restart, and asks nobody twice", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const cy = await world.person("cy");
  ada.files.put("home/a.bin", BYTES);
  await ada.exchange.send("home/a.bin", "#lobby");
  await world.until(() => bob.last("offered") !== undefined && cy.last("offered") !== undefined);
  cy.exchange.reject();
  await ada.kill();
  await world.until(() => world.desk.open === 0);
  ada.start();
  await world.until(() => world.desk.open === 1);
  assert.equal(cy.events.filter(({ state }) => state === "offered").length, 1);
  bob.exchange.accept();
  await world.until(() => ada.last("done") !== undefined);
  assertSameBytes(bob.files.get("downloads/a.bin"), BYTES);
  assert.equal(bob.events.filter(({ state }) => state === "offered").length, 1);
});

Deno.test("FileDesk refuses an offer to a room where nobody else is, or that one is not in", async () => {
  await using world = new FilesWorld();
  const ada = await world.person("ada");
  ada.files.put("home/a.bin", BYTES);
  await ada.exchange.send("home/a.bin", "#lobby");
  await ada.exchange.settled();
  const { code, message } = ada.last("stopped") ?? {};
  assert.deepEqual([code, message], ["away", 'Cannot offer "a.bin": nobody else is in #lobby']);
  await ada.exchange.send("home/a.bin", "#dev");
  await ada.exchange.settled();
  assert.equal(ada.last("stopped")?.code, "not-allowed");
  assert.equal(ada.exchange.list().length, 0);
});
