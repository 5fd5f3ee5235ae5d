import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { assertSameBytes, CHUNK, FilesWorld, handOver, someBytes } from "./files_world.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

for (const size of [0, 1, CHUNK - 1, CHUNK, 5 * CHUNK, 33 * CHUNK + 7]) {
  Deno.test(`FileExchange hands a file of ${size} bytes over`, async () => {
    await using world = new FilesWorld();
    const [ada, bob] = [await world.person("ada"), await world.person("bob")];
    const bytes = someBytes(size);
    await handOver(world, ada, bob, bytes);
    await ada.exchange.settled();
    await world.until(() => bob.last("done") !== undefined);
    assert.deepEqual(bob.files.paths, ["downloads/a.bin"]);
    assertSameBytes(bob.files.get("downloads/a.bin"), bytes);
    const done = { peer: "bob", name: "a.bin", size, bytes: size, sha256: sha256(bytes) };
    const { peer, name, size: sent, bytes: there, sha256: hash } = ada.last("done") ?? {};
    assert.deepEqual({ peer, name, size: sent, bytes: there, sha256: hash }, done);
    assert.equal(bob.last("done")?.sha256, done.sha256);
    assert.equal(bob.last("done")?.path, "downloads/a.bin");
    assert.equal(ada.files.readBytes.get("home/a.bin") ?? 0, size, "read once");
    assert.equal(world.desk.open + ada.exchange.list().length + bob.exchange.list().length, 0);
    assert.equal(ada.files.open + bob.files.open, 0);
  });
}

Deno.test("FileExchange gives each of several files its own way, both ways at once", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const files = new Map<string, Uint8Array>();
  for (let n = 1; n <= 5; n++) files.set(`${n}.bin`, someBytes(n * 3 * CHUNK + n, n));
  for (const [name, bytes] of files) {
    for (const [from, to] of [[ada, bob], [bob, ada]] as const) {
      from.files.put(`home/${name}`, bytes);
      await from.exchange.send(`home/${name}`, `@${to.name}`);
    }
  }
  await world.until(() => [ada, bob].every(({ exchange }) => exchange.list().length === 10));
  for (const { exchange } of [ada, bob]) for (let n = 0; n < 5; n++) exchange.accept();
  await Promise.all([ada.exchange.settled(), bob.exchange.settled()]);
  await world.until(() => world.desk.open === 0);
  for (const { files: disk } of [ada, bob]) {
    for (const [name, bytes] of files) assertSameBytes(disk.get(`downloads/${name}`), bytes, name);
  }
});

Deno.test("FileExchange takes no name that something has, be it a broken link", async () => {
  await using world = new FilesWorld();
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  bob.files.put("downloads/a.bin", someBytes(3));
  bob.files.brokenLinks.add("downloads/a (2).bin");
  bob.files.brokenLinks.add("downloads/a.bin.tram-part");
  const bytes = someBytes(CHUNK);
  await handOver(world, ada, bob, bytes);
  await ada.exchange.settled();
  assert.deepEqual(bob.files.paths, ["downloads/a (3).bin", "downloads/a.bin"]);
  assert.deepEqual(bob.files.get("downloads/a (3).bin"), bytes);
  assertSameBytes(bob.files.get("downloads/a.bin"), someBytes(3));
});

Deno.test("FileExchange tells of progress at most four times a second", async () => {
  await using world = new FilesWorld({ rateBytesPerSecond: 1_000_000 });
  const [ada, bob] = [await world.person("ada"), await world.person("bob")];
  const startNs = world.clock.monotonicNs();
  await handOver(world, ada, bob, someBytes(5_000_000));
  await world.until(() => bob.last("done") !== undefined, 10);
  const seconds = (world.clock.monotonicNs() - startNs) / 1e9;
  // The credit and one frame come at once.
  assert(seconds >= 5 - 0.262 - 0.066 && seconds < 6, `${seconds} s for 5 MB at 1 MB/s`);
  for (const { events } of [ada, bob]) {
    const count = events.filter(({ state }) => state === "progress").length;
    assert(count >= 12 && count <= 4 * seconds, `${count} in ${seconds} s`);
  }
});
