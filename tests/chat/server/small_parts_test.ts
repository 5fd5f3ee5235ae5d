/** What the server is made of, as far as nobody else shows it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { fitReply } from "../../../lib/chat/server/fit_reply.ts";
import { LineRing } from "../../../lib/chat/server/line_ring.ts";
import { Shutdown } from "../../../lib/chat/server/shutdown.ts";
import type { StoredLine } from "../../../lib/chat/store/chat_store.ts";

function lineOf(id: number, letters = 1): StoredLine {
  return { id, timeUs: 0, author: 1, nick: "ada", text: "x".repeat(letters) };
}

Deno.test("LineRing has all lines after an id, or says that it has not", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 4096 }), { maxLength: 600 }),
    fc.nat(1000),
    fc.nat(700),
    (sizes, before, back) => {
      const ring = new LineRing();
      for (const [at, size] of sizes.entries()) ring.push(lineOf(before + at + 1, size));
      const last = before + sizes.length;
      const after = Math.max(0, last - back);
      const lines = ring.after(after);
      if (lines === undefined) return assert(back > 0 || sizes.length === 0);
      const wanted = Array.from({ length: last - after }, (_, at) => after + at + 1);
      assert.deepEqual(lines.map(({ id }) => id), wanted);
    },
  ));
});

Deno.test("LineRing keeps no more than 256 lines, or 64 Ki letters", () => {
  const ring = new LineRing();
  for (let id = 1; id <= 10_000; id++) ring.push(lineOf(id));
  assert.equal(ring.after(10_000 - 256)?.length, 256);
  assert.equal(ring.after(10_000 - 257), undefined);
  for (let id = 10_001; id <= 10_100; id++) ring.push(lineOf(id, 4096));
  assert.equal(ring.after(10_100 - 16)?.length, 16);
  assert.equal(ring.after(10_100 - 17), undefined);
});

Deno.test("fitReply() leaves a reply that fits as it is, and cuts one that does not", () => {
  const small = { command: "!list", isDone: true, lines: ["a"], data: { a: 1 } };
  assert.equal(fitReply(small), small);
  const lines = Array.from({ length: 9000 }, (_, at) => `${at} ${"é".repeat(100)}`);
  const cut = fitReply({ command: "!list", isDone: true, lines, data: lines });
  assert(new TextEncoder().encode(JSON.stringify(cut)).length < 1_000_000);
  assert.equal(cut.lines[1], lines[1]);
  assert.match(cut.lines.at(-1) ?? "", /^\(\d+ more lines left out\)$/);
  assert.equal("data" in cut, false);
});

Deno.test("Shutdown ends when it was said last, and keeps the door open until a minute before", async () => {
  const clock = new FakeClock();
  using shutdown = new Shutdown(clock);
  let ended: string | undefined;
  shutdown.ended.then((reason) => ended = reason);
  assert.deepEqual([shutdown.notice, shutdown.isNear], [undefined, false]);
  const notice = shutdown.plan(3_600_000, "new disk");
  assert.equal(notice.message, "The server goes down in 1 h 00 min: new disk");
  shutdown.plan(600_000, "");
  await clock.advance(500_000);
  assert.equal(shutdown.isNear, false);
  assert.equal(shutdown.notice?.inMs, 100_000);
  await clock.advance(40_000);
  assert.equal(shutdown.isNear, true);
  await clock.advance(59_999);
  assert.equal(ended, undefined);
  await clock.advance(1);
  assert.equal(ended, "");
});
