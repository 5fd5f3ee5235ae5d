import assert from "node:assert/strict";
import { settle } from "../../lib/clock/fake_clock.ts";
import { untilAborted } from "../../lib/clock/until_aborted.ts";

Deno.test("untilAborted() resolves at the abort, and at once after it", async () => {
  const controller = new AbortController();
  let isOver = false;
  const over = untilAborted(controller.signal).then(() => isOver = true);
  await settle();
  assert.equal(isOver, false);
  controller.abort();
  await over;
  await untilAborted(controller.signal);
});
