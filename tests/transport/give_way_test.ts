import assert from "node:assert/strict";
import { turn } from "../../lib/clock/turn.ts";
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

Deno.test("giveWay() lets sockets speak that others would keep waiting", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using asker = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using answerer = await listener.accept();
  const byte = new Uint8Array(1);
  let turns = 0;
  for (let round = 0; round < 20; round++) {
    let isHeard = false;
    const heard = answerer.read(byte).then(() => isHeard = true);
    const asked = asker.write(byte);
    for (; !isHeard; turns++) {
      work(1);
      await (giveWay() ?? turn());
    }
    await Promise.all([asked, heard]);
  }
  // Without it 61 each. On a busy machine a look may be over before the thread has stood still.
  assert(turns <= 20 * 40, `${turns} turns for 20 bytes`);
});
