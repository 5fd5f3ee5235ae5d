import assert from "node:assert/strict";
import type { FileEvent } from "../../../lib/chat/client/chat_event.ts";
import { SentFiles } from "../../../lib/chat/client/sent_files.ts";

type Told = readonly [number, FileEvent["state"], string, FileEvent["direction"]?];

function lostOf(...told: readonly Told[]): number {
  const sent = new SentFiles();
  for (const [number, state, peer, direction = "out"] of told) {
    sent.onEvent({ direction, number, state, peer, name: "a", size: 1, bytes: 0, path: "/a" });
  }
  return sent.lost;
}

Deno.test("SentFiles counts those that have stopped for their last time", () => {
  assert.equal(lostOf([1, "offered", "@bob"], [1, "stopped", "@bob"]), 1);
  assert.equal(lostOf([1, "stopped", "@bob"], [1, "started", "@bob"], [1, "done", "@bob"]), 0);
  assert.equal(lostOf([1, "done", "@bob"], [2, "stopped", "@eve"]), 1);
  assert.equal(lostOf([1, "stopped", "bob", "in"]), 0, "nobody here has sent it");
});

Deno.test("SentFiles takes a file for a room for sent when somebody there has it", () => {
  assert.equal(lostOf([1, "offered", "#dev"], [2, "stopped", "bob"], [3, "done", "eve"]), 0);
  assert.equal(lostOf([1, "offered", "#dev"], [2, "stopped", "bob"]), 1);
  assert.equal(lostOf([1, "stopped", "#dev"]), 1);
});
