/**
 * A file passes while lines are cut, clients are killed, machines lose their power and the server is
 * started again, at any moment: it arrives whole, once, and little of it is read twice.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { assertSameBytes, CHUNK, FilesWorld, someBytes } from "./files_world.ts";

/**
 * Most bytes that are on their way: what the sender has read, its lane and its credit, the lane of the
 * server, the receiver's buffers, and the network.
 */
const WINDOW = 240 * 1024 + 572 * 1024 + 256 * 1024 + 1024 * 1024 + 3 * 256 * 1024;

const faults = [
  "cut ada",
  "cut bob",
  "kill ada",
  "kill bob",
  "power bob",
  "part bob",
  "server",
] as const;
const scenario = fc.record({
  size: fc.integer({ min: 0, max: 60 * CHUNK }),
  steps: fc.array(
    fc.record({ turns: fc.nat(60), what: fc.constantFrom(...faults) }),
    { maxLength: 6 },
  ),
});

const isPart = (path: string) => path.endsWith(".tram-part");

Deno.test("FileExchange brings a file over whole, through any interruptions", async () => {
  const seen = { resumed: 0, runs: 0 };
  await fc.assert(
    fc.asyncProperty(scenario, async ({ size, steps }) => {
      await using world = new FilesWorld();
      const ada = await world.person("ada");
      const bob = await world.person("bob", { acceptAll: true });
      const bytes = someBytes(size, size + 1);
      ada.files.put("home/a.bin", bytes);
      await ada.exchange.send("home/a.bin", "@bob");
      for (const { turns, what } of steps) {
        for (let turn = 0; turn < turns; turn++) await settle();
        if (what === "server") {
          for (const link of world.network.links) link.cut();
          const closed = world.server.close();
          await world.clock.runUntil(closed);
          world.start();
        } else if (what === "cut ada") ada.cut();
        else if (what === "cut bob") bob.cut();
        else {
          const person = what === "kill ada" ? ada : bob;
          // The worst that a loss of power does: the journal is there, and not what it tells of.
          const loses = { "power bob": () => true, "part bob": isPart };
          await person.kill(loses[what as keyof typeof loses]);
          person.start();
        }
      }
      await world.until(() => ada.last("done") !== undefined, 200);
      await world.until(() => bob.exchange.list().length === 0);
      assert.deepEqual(bob.files.paths, ["downloads/a.bin"]);
      assertSameBytes(bob.files.get("downloads/a.bin"), bytes);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      assert.equal(bob.last("done")?.sha256, sha256);
      const read = ada.files.readBytes.get("home/a.bin") ?? 0;
      assert(read <= size + steps.length * (CHUNK + WINDOW), `read ${read} of ${size}`);
      assert(!ada.events.some(({ message }) => message?.includes("again")), "hashed again");
      assert.equal(bob.files.readBytes.get("downloads/a.bin.tram-part") ?? 0, 0);
      assert.equal(ada.files.open + bob.files.open, 0);
      seen.runs++;
      if (bob.events.some(({ resumedFrom }) => (resumedFrom ?? 0) > 0)) seen.resumed++;
    }),
    { numRuns: 25 },
  );
  assert(seen.resumed > seen.runs / 10, `${seen.resumed} of ${seen.runs} were resumed`);
});
