import assert from "node:assert/strict";
import { MemorySessions } from "../../../lib/transport/session/memory_sessions.ts";
import { testSessionGate } from "./gate_conformance.ts";

testSessionGate("MemorySessions", () => {
  const gate = new MemorySessions();
  return Promise.resolve({
    gate,
    apply(session: string, sequence: number) {
      gate.apply(session, BigInt(sequence));
      return Promise.resolve();
    },
    async [Symbol.asyncDispose]() {},
  });
});

Deno.test("MemorySessions.apply() says which messages are repeats or nobody's", async () => {
  const sessions = new MemorySessions();
  assert.equal(sessions.apply("a", 1n), false);
  await sessions.open("a", new Uint8Array(32));
  assert.deepEqual([1n, 1n, 3n, 2n, 4n].map((n) => sessions.apply("a", n)), [
    true,
    false,
    true,
    false,
    true,
  ]);
  assert.equal(sessions.highestSequence("a"), 4n);
});

Deno.test("MemorySessions forgets the session that was used least recently when there are too many", async () => {
  const sessions = new MemorySessions(2);
  await sessions.open("a", new Uint8Array(32));
  await sessions.open("b", new Uint8Array(32));
  await sessions.find("a");
  await sessions.open("c", new Uint8Array(32));
  assert.equal(sessions.size, 2);
  assert.equal(await sessions.find("b"), undefined);
  assert.ok(await sessions.find("a"));
});
