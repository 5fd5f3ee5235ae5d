/** What goes wrong with a file, and how it goes on. */
import assert from "node:assert/strict";
import {
  assertSameBytes,
  CHUNK,
  FilesWorld,
  handOver,
  type Person,
  someBytes,
} from "./files_world.ts";

const BYTES = someBytes(20 * CHUNK + 5);

/** A file of which a part has come when the receiver's line is lost, and stays so. */
async function interrupted(world: FilesWorld, ada: Person, bob: Person): Promise<void> {
  let writes = 0;
  bob.files.onWrite = (path) => {
    if (path.endsWith(".tram-part") && ++writes === 4) void bob.kill();
  };
  await handOver(world, ada, bob, BYTES);
  await world.until(() => bob.connection?.isOpen === false && writes >= 4);
  bob.files.onWrite = undefined;
  await world.until(() => ada.last("stopped")?.code === "gone");
}

Deno.test("FileExchange stops at a full disk, keeps what is there, and goes on with it", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  bob.files.freeBytes = 10 * CHUNK;
  const number = await handOver(world, ada, bob, BYTES);
  await ada.exchange.settled();
  const [sender, receiver] = [ada.last("stopped"), bob.last("stopped")];
  assert.deepEqual([sender?.code, receiver?.code], ["failed", "failed"]);
  assert.equal(sender?.message, "it cannot be written there: no space left on device");
  assert.match(
    receiver?.message ?? "",
    /^Cannot write downloads\/a\.bin\.tram-part: no space left/,
  );
  assert(bob.files.paths.includes("downloads/a.bin.tram-part"));
  bob.files.freeBytes = Infinity;
  assert.equal(await ada.exchange.send("home/a.bin", "@bob"), number);
  await ada.exchange.settled();
  assertSameBytes(bob.files.get("downloads/a.bin"), BYTES);
  assert((bob.last("started")?.resumedFrom ?? 0) > 0);
});

Deno.test("FileExchange does not go on with a file that has another time", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  await interrupted(world, ada, bob);
  ada.files.put("home/a.bin", BYTES, 2);
  ada.files.readBytes.clear();
  bob.start();
  await world.until(() => ada.last("stopped")?.code === "changed");
  await ada.exchange.settled();
  await world.until(() => bob.last("stopped")?.code === "changed");
  await world.until(() => bob.files.paths.length === 0);
  assert.equal(bob.exchange.list().length, 0);
  assert.equal(ada.files.readBytes.size, 0);
});

Deno.test("FileExchange does not go on with other bytes of the same time and size", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  await interrupted(world, ada, bob);
  await ada.kill();
  for (const name of [...ada.notes.notes.keys()]) if (/:\d+:/.test(name)) ada.notes.note(name, "");
  ada.files.put("home/a.bin", someBytes(BYTES.length, 99));
  ada.start();
  bob.start();
  await world.until(() => bob.last("stopped")?.code === "changed");
  assert.equal(ada.last("stopped")?.code, "changed");
  assert.match(ada.last("progress")?.message ?? "", /^reads \d+ bytes again/);
});

Deno.test("FileExchange without its marks reads again, and says so", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  await interrupted(world, ada, bob);
  await ada.kill();
  for (const name of [...ada.notes.notes.keys()]) if (/:\d+:/.test(name)) ada.notes.note(name, "");
  ada.start();
  bob.start();
  await world.until(() => bob.last("done") !== undefined);
  assertSameBytes(bob.files.get("downloads/a.bin"), BYTES);
  const from = bob.last("started")?.resumedFrom;
  const said = ada.events.find(({ message }) => message !== undefined && /again/.test(message));
  assert.equal(said?.message, `reads ${from} bytes again, for the hash of the whole file`);
});

Deno.test("FileExchange stops when the file shrinks under its hands", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  let writes = 0;
  bob.files.onWrite = () => {
    if (++writes === 5) ada.files.truncate("home/a.bin", 100);
  };
  await handOver(world, ada, bob, BYTES);
  await ada.exchange.settled();
  assert.equal(ada.last("stopped")?.code, "changed");
  await world.until(() => bob.files.paths.length === 0);
});

Deno.test("FileExchange.reject() ends an offer on both sides", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  ada.files.put("home/a.bin", BYTES);
  await ada.exchange.send("home/a.bin", "@bob");
  await world.until(() => bob.last("offered") !== undefined);
  bob.exchange.reject();
  await ada.exchange.settled();
  assert.equal(ada.last("stopped")?.code, "rejected");
  assert.equal(bob.last("stopped")?.code, "rejected");
  assert.deepEqual(bob.files.paths, []);
  assert.throws(() => bob.exchange.accept(), /^Error: Cannot accept: no file is offered$/);
  assert.throws(() => bob.exchange.accept(1), /^Error: Cannot accept 1: no offer has this number/);
});

for (const who of ["ada", "bob"] as const) {
  for (const when of ["offered", "started"] as const) {
    Deno.test(`FileExchange.cancel() by ${who} ends a file that is ${when}`, async () => {
      await using world = new FilesWorld();
      const [ada, bob] = [await world.person("ada"), await world.person("bob")];
      const gate = Promise.withResolvers<void>();
      if (when === "started") {
        bob.files.onWrite = (path) => {
          if (path.endsWith("-part")) bob.files.gate = gate.promise;
        };
        await handOver(world, ada, bob, BYTES);
      } else {
        ada.files.put("home/a.bin", BYTES);
        await ada.exchange.send("home/a.bin", "@bob");
      }
      const one = who === "ada" ? ada : bob;
      await world.until(() => bob.last(when) !== undefined);
      await world.until(() => when === "offered" || bob.files.gate !== undefined);
      one.exchange.cancel(one.exchange.list()[0]?.number ?? 0);
      await ada.exchange.settled();
      gate.resolve();
      bob.files.gate = bob.files.onWrite = undefined;
      await world.until(() => bob.files.paths.length === 0 && bob.exchange.list().length === 0);
      const code = who === "bob" && when === "offered" ? "rejected" : "cancelled";
      assert.equal(ada.last("stopped")?.code, code);
      assert.equal(bob.last("stopped")?.code, code);
      await world.until(() => world.desk.open === 0 && ada.files.open + bob.files.open === 0);
      assert.equal(ada.exchange.list().length, 0);
      assert.throws(
        () => one.exchange.cancel(1),
        /^Error: Cannot cancel 1: no file has this number/,
      );
      // Another one passes: all credit has come back.
      await handOver(world, ada, bob, someBytes(20 * CHUNK), "b.bin");
      await ada.exchange.settled();
      assert.deepEqual(bob.files.paths, ["downloads/b.bin"]);
    });
  }
}

Deno.test("FileExchange.send() tells what cannot be sent", async () => {
  await using world = new FilesWorld();
  const ada = await world.person("ada");
  await assert.rejects(ada.exchange.send("home/none", "@bob"), /^Error: Cannot read home\/none: /);
  ada.files.put("home/a.bin", BYTES);
  await ada.exchange.send("home/a.bin", "@bob");
  await ada.exchange.settled();
  assert.equal(ada.last("stopped")?.code, "away");
  assert.equal(ada.last("stopped")?.message, 'Cannot offer "a.bin": bob is not here');
  assert.equal(ada.exchange.list().length, 0);
});

Deno.test("FileExchange rejects what is larger than its own limit", async () => {
  await using world = new FilesWorld();
  const ada = await world.person("ada");
  const bob = await world.person("bob", { maxFileBytes: BYTES.length - 1 });
  ada.files.put("home/a.bin", BYTES);
  await ada.exchange.send("home/a.bin", "@bob");
  await ada.exchange.settled();
  assert.equal(bob.last("stopped")?.code, "too-large");
  assert.equal(bob.last("offered"), undefined);
  const { code, message } = ada.last("stopped") ?? {};
  assert.deepEqual([code, message], ["rejected", "1310725 bytes, wanted at most 1310724"]);
});

Deno.test("FileExchange keeps an offer that was accepted while its sender was away", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  ada.files.put("home/a.bin", BYTES);
  await ada.exchange.send("home/a.bin", "@bob");
  await world.until(() => bob.last("offered") !== undefined);
  await ada.kill();
  await world.until(() => world.desk.open === 0);
  bob.exchange.accept();
  ada.start();
  await world.until(() => bob.last("done") !== undefined);
  assertSameBytes(bob.files.get("downloads/a.bin"), BYTES);
  assert.equal(bob.events.filter(({ state }) => state === "offered").length, 1);
});
