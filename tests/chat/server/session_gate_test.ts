import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { ChatSessionGate } from "../../../lib/chat/server/session_gate.ts";
import { MemoryChatStore } from "../../../lib/chat/store/memory_chat_store.ts";
import type { Secret } from "../../../lib/transport/proofs.ts";

const SESSION = "0123456789abcdef0123456789abcdef";

Deno.test("ChatSessionGate gives the row of a session that logs in, once", async () => {
  const clock = new FakeClock();
  const gate = new ChatSessionGate(new MemoryChatStore(), clock);
  assert.equal(await gate.find(SESSION), undefined);
  assert.equal(gate.take(SESSION), undefined);
  const cookie = new Uint8Array(32).fill(7) as Secret;
  await gate.open(SESSION, cookie, { clientId: "ada", tokenName: "root" });
  const { author, clientId, tokenName, nick } = gate.take(SESSION)!;
  assert.deepEqual([author, clientId, tokenName, nick], [1, "ada", "root", ""]);
  assert.equal(gate.take(SESSION), undefined);
  const found = await gate.find(SESSION);
  assert.deepEqual([found?.cookie, found?.highestSequence], [cookie, 0n]);
});

Deno.test("ChatSessionGate hears of private lines that come while somebody logs in", async () => {
  const gate = new ChatSessionGate(new MemoryChatStore(), new FakeClock());
  await gate.open(SESSION, new Uint8Array(32) as Secret, { clientId: "ada", tokenName: "" });
  gate.noteInbox(1, 5);
  gate.noteInbox(1, 4);
  gate.noteInbox(2, 9);
  assert.equal(gate.take(SESSION)?.inboxLast, 5);
});
