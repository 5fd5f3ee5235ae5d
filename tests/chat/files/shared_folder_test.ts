/** Several clients that receive into one folder. */
import assert from "node:assert/strict";
import { assertSameBytes, CHUNK, FilesWorld, someBytes } from "./files_world.ts";

Deno.test("FileExchange leaves alone what another process in its folder receives", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const bytes = someBytes(40 * CHUNK + 7);
  ada.files.put("home/a.bin", bytes);
  await ada.exchange.send("home/a.bin", "#lobby");
  await world.until(() => bob.exchange.list().length === 1);
  bob.exchange.accept(bob.exchange.list()[0]?.number);
  await world.until(() => bob.files.paths.length === 2);
  const gate = Promise.withResolvers<void>();
  let writes = 0;
  bob.files.onWrite = () => {
    if (++writes === 30) bob.files.gate = gate.promise;
  };
  await world.until(() => bob.files.gate !== undefined);
  const cy = await world.person("cy", { files: bob.files.forProcess() });
  ada.cut(); // and offers it again, to cy too
  await world.until(() => cy.connection?.isOpen === true && ada.connection?.isOpen === true);
  gate.resolve();
  bob.files.gate = undefined;
  await world.until(() => bob.last("done") !== undefined);
  await world.until(() => cy.exchange.list().length === 1);
  assertSameBytes(bob.files.get("downloads/a.bin"), bytes);
  assert.deepEqual(cy.events.map(({ state }) => state), ["offered"], "nobody has accepted it");
  cy.exchange.accept(cy.exchange.list()[0]?.number);
  await world.until(() => cy.last("done") !== undefined);
  assertSameBytes(bob.files.get("downloads/a (2).bin"), bytes);
});
