/** How a kept session ends. */
import assert from "node:assert/strict";
import { isPassingCode } from "../../../lib/transport/line_error.ts";
import { MemoryState } from "../../../lib/transport/session/session_state.ts";
import { numbered, wordClient, WordServer, wordWorld } from "./numbered_world.ts";

Deno.test("keepSession() stays away when another client has taken its session over", async () => {
  const { world, store, clock } = wordWorld();
  const server = new WordServer(world, store, 50);
  const first = wordClient(world);
  first.state.add("w1");
  await clock.advance(100);
  const copy = new MemoryState<string>();
  await copy.begin(first.state.session, "renumber");
  copy.add("w1");
  copy.outbox.advance();
  const second = wordClient(world, { state: copy });
  const report = await clock.runUntil(first.kept.done);
  assert.deepEqual([report.code, report.by], ["taken-over", "peer"]);
  assert.equal(isPassingCode(report.code), false);
  first.state.add("never sent");
  await clock.advance(60_000);
  assert.equal(first.connections.length, 1);
  assert.equal(server.server.connections.size, 1);
  copy.add("w2");
  await clock.advance(100);
  assert.deepEqual(store.words.map(({ word }) => word), ["w1", "w2"]);
  second.abort.abort();
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() ends with the error of a state that cannot keep the session", async () => {
  const { world, store, clock } = wordWorld();
  const server = new WordServer(world, store, 50);
  const state = new MemoryState<string>();
  state.begin = () => Promise.reject(new Error("no space left"));
  const client = wordClient(world, { state });
  await assert.rejects(clock.runUntil(client.kept.done), /no space left/);
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() ends with the error of a service that fails when it sends", async () => {
  const { world, store, clock } = wordWorld();
  const server = new WordServer(world, store, 50);
  const send = () => {
    throw new Error("on purpose");
  };
  const client = wordClient(world, { more: { send } });
  client.state.add("w1");
  await assert.rejects(clock.runUntil(client.kept.done), /on purpose/);
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() closes the connection when a service fails as it is ready", async () => {
  const { world, store, clock } = wordWorld();
  const server = new WordServer(world, store, 50);
  const onReady = () => {
    throw new Error("on purpose");
  };
  const client = wordClient(world, { more: { onReady } });
  await assert.rejects(clock.runUntil(client.kept.done), /on purpose/);
  await clock.advance(10_000);
  assert.equal(server.server.connections.size, 0);
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() leaves a state alone that another one keeps by now", async () => {
  const { world, store, clock } = wordWorld();
  const server = new WordServer(world, store, 50);
  const first = wordClient(world);
  await clock.advance(10);
  first.abort.abort();
  const second = wordClient(world, { state: first.state });
  await clock.advance(1000);
  second.state.add("w1");
  await clock.advance(1000);
  assert.deepEqual(store.words.map(({ word }) => word), ["w1"]);
  second.abort.abort();
  await clock.runUntil(server.server.close());
});

Deno.test("keepSession() ends a connection that acknowledges what was never sent", async () => {
  const { world, store, clock } = wordWorld();
  const server = new WordServer(world, store, 50);
  const client = wordClient(world);
  client.state.add("w1");
  await clock.advance(100);
  server.seats[0]?.connection.send(numbered.kinds.ack, "2");
  const report = await clock.runUntil(client.kept.done);
  assert.deepEqual([report.code, report.by], ["bad-message", "here"]);
  await clock.runUntil(server.server.close());
});
