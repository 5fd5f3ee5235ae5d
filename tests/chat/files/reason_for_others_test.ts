import assert from "node:assert/strict";
import { reasonForOthers } from "../../../lib/chat/files/reason_for_others.ts";

Deno.test("reasonForOthers() says why, and nothing of names on this disk", () => {
  const error = new Error("Cannot write /home/ada/a: b/c.txt: No space left on device");
  const what = "it cannot be written there";
  assert.equal(reasonForOthers(what, error), `${what}: No space left on device`);
  assert.equal(reasonForOthers(what, new Error("/home/ada")), what);
  assert.equal(reasonForOthers(what, new Error(`a: ${"b".repeat(2000)}`)).length, 1000);
});
