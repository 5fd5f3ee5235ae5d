import assert from "node:assert/strict";
import { giveWay } from "../../lib/transport/give_way.ts";

/** Is busy, as a receiver is. */
function work(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs;);
}

Deno.test("giveWay() lets all stand still together, and then work for a while", async () => {
  work(30);
  const first = giveWay();
  assert(first !== undefined);
  assert.equal(giveWay(), first);
  await first;
  assert.equal(giveWay(), undefined);
  work(30);
  const second = giveWay();
  assert(second !== undefined && second !== first);
  await second;
});
