/** Peers whose large frames are never whole, and others who share the memory of the process. */
import assert from "node:assert/strict";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { listen } from "../../lib/transport/listen.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { memoryWorld, rawClient, type RawPeer, testService, until } from "./world.ts";

const MIB = 2 ** 20;
const { data, note } = testService.kinds;

Deno.test("frames that drip take no memory from senders, and lose theirs until it is no longer scarce", async () => {
  const world = { ...memoryWorld(), budget: new MemoryBudget(5 * MIB) };
  const { network, clock, budget } = world;
  let large = 0;
  const served = new Map<string, Connection<typeof testService.kinds>>();
  const server = listen(testService, { network, clock, budget }, (connection) => {
    served.set(connection.terms.clientId, connection);
    return { data: ({ length }) => void (large += length) };
  });
  const own = { network, clock, budget: new MemoryBudget(16 * MIB) }; // another process
  let notes = 0;
  const honest = await dial(testService, { ...server.address, clientId: "ada", ...own }, () => ({
    note: () => void notes++,
  }));
  const frame = encodeFrame(data.code, new Uint8Array(MIB - 10));
  const drips: RawPeer[] = [];
  const ends: string[] = [];
  for (let i = 0; i < 3; i++) {
    const peer = await rawClient({ ...world, budget: own.budget }, testService, server.address);
    void peer.write(frame.subarray(0, -100));
    void peer.errorCode().then((code) => ends.push(code), () => ends.push("lost"));
    drips.push(peer);
  }
  await until(() => budget.usedBytes >= 3 * MIB, "the memory to be taken");
  for (let i = 0; i < 100; i++) assert(served.get("ada")?.send(note, "x".repeat(5000)), `${i}`);
  await until(() => notes === 100, "all notes");
  for (let heartbeats = 0; heartbeats < 4; heartbeats++) {
    for (const peer of drips) void peer.write(Uint8Array.of(0)).catch(() => {});
    await clock.advance(5000);
  }
  assert.deepEqual(ends, ["overloaded"]); // with it, half is free again: the others may go on
  assert(budget.usedBytes < 2.5 * MIB, `${budget.usedBytes}`);
  const sent = honest.sendInPlace(data, frame.subarray(5));
  await until(() => large > 0, "the honest frame");
  await sent;
  assert.equal(large, MIB - 10);
  for (const peer of drips) peer.close();
  await clock.runUntil(Promise.all([honest.close(), server.close()]));
  assert.equal(budget.usedBytes, 0);
});
