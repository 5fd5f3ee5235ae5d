import assert from "node:assert/strict";
import fc from "fast-check";
import { LineError } from "../../../lib/transport/line_error.ts";
import { Outbox } from "../../../lib/transport/session/outbox.ts";
import type { OutboxOptions } from "../../../lib/transport/session/outbox_types.ts";
import { PlainOutbox } from "./plain_outbox.ts";

/** One thing that is done to an outbox; `n` is scaled to what makes sense. */
const step = fc.record({
  what: fc.constantFrom(
    "add",
    "add",
    "add",
    "add",
    "skip",
    "release",
    "advance",
    "advance",
    "acknowledge",
    "resume",
    "renumber",
    "discard",
  ),
  n: fc.nat(40),
});

/** All that can be seen of an outbox. */
function seen(outbox: Outbox<number>) {
  const unsent: [number | undefined, number | undefined][] = [];
  for (let at = 0; at < outbox.unsent; at++) {
    unsent.push([outbox.peekSequence(at), outbox.peek(at)]);
  }
  const { size, bytes, acknowledgedSequence, lastSequence, sentSequence } = outbox;
  const { dropped, skipped, refused } = outbox;
  return {
    entries: [...outbox.entries()],
    unsent,
    ...{ size, bytes, acknowledgedSequence, lastSequence, sentSequence, dropped, skipped, refused },
  };
}

function seenPlain(twin: PlainOutbox): ReturnType<typeof seen> {
  const { bytes, acknowledgedSequence, lastSequence, sentSequence } = twin;
  const { dropped, skipped, refused } = twin;
  return {
    entries: twin.entries.map((entry) => ({ ...entry })),
    unsent: twin.unsent.map(({ sequence, value }) => [sequence, value]),
    size: twin.entries.length,
    ...{ bytes, acknowledgedSequence, lastSequence, sentSequence, dropped, skipped, refused },
  };
}

Deno.test("Outbox does what its plain twin does, whatever is done to it", () => {
  const options: fc.Arbitrary<Required<OutboxOptions>> = fc.record({
    maxEntries: fc.integer({ min: 1, max: 200 }),
    maxBytes: fc.integer({ min: 1, max: 3000 }),
    whenFull: fc.constantFrom("refuse", "drop-oldest"),
    holdsBack: fc.boolean(),
  });
  fc.assert(
    fc.property(options, fc.array(step, { maxLength: 300, size: "max" }), (options, steps) => {
      const outbox = new Outbox<number>(options);
      const twin = new PlainOutbox(options);
      for (const [value, { what, n }] of steps.entries()) {
        const unsent = twin.unsent.length;
        switch (what) {
          case "add":
            assert.equal(outbox.add(value, n), twin.add(value, n));
            break;
          case "skip":
            outbox.skip(n + 1);
            twin.skip(n + 1);
            break;
          case "release":
            outbox.release(n);
            twin.release(n);
            break;
          case "advance":
            outbox.advance(Math.min(n, unsent));
            twin.advance(Math.min(n, unsent));
            break;
          case "acknowledge": {
            const upTo = Math.max(0, twin.sentSequence - n);
            assert.equal(outbox.acknowledged(upTo), twin.acknowledged(upTo));
            break;
          }
          case "resume": {
            const highest = Math.max(0, twin.sentSequence + 2 - n);
            assert.equal(outbox.resumeFrom(BigInt(highest)), twin.resumeFrom(highest));
            break;
          }
          case "renumber":
          case "discard":
            outbox[what]();
            twin[what]();
        }
        assert.deepEqual(seen(outbox), seenPlain(twin));
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("Outbox.resumeFrom() gives the rest again, in order and with the numbers that it had", () => {
  const outbox = new Outbox<string>();
  for (const word of ["a", "b", "c", "d", "e"]) outbox.add(word);
  outbox.advance(4);
  assert.equal(outbox.resumeFrom(2n), true);
  const again = Array.from({ length: outbox.unsent }, (_, at) => [
    outbox.peekSequence(at),
    outbox.peek(at),
  ]);
  assert.deepEqual(again, [[3, "c"], [4, "d"], [5, "e"]]);
});

Deno.test("Outbox.resumeFrom() refuses a server that has more than was ever sent", () => {
  const outbox = new Outbox<string>();
  outbox.add("a");
  outbox.add("b");
  outbox.advance(1);
  assert.equal(outbox.resumeFrom(2n), false);
  assert.equal(outbox.size, 2);
  assert.equal(outbox.resumeFrom(2n ** 64n - 1n), false);
});

Deno.test("Outbox.acknowledged() refuses what was never sent", () => {
  const outbox = new Outbox<string>();
  outbox.add("a");
  const isBad = (error: unknown) => error instanceof LineError && error.code === "bad-message";
  assert.throws(() => outbox.acknowledged(1), isBad);
  outbox.advance(1);
  assert.equal(outbox.acknowledged(1), 1);
  assert.equal(outbox.acknowledged(0), 0);
  assert.equal(outbox.acknowledgedSequence, 1);
});

Deno.test("Outbox.advance() refuses to have sent more than there was", () => {
  const outbox = new Outbox<string>({ holdsBack: true });
  outbox.add("a");
  assert.throws(() => outbox.advance(1), RangeError);
  outbox.release(1);
  outbox.advance(1);
  assert.equal(outbox.peek(), undefined);
});

Deno.test("Outbox.renumber() keeps the gaps of what was dropped and skipped", () => {
  const outbox = new Outbox<string>({ maxEntries: 2, whenFull: "drop-oldest" });
  outbox.add("a");
  outbox.advance(1);
  outbox.acknowledged(1);
  for (const word of ["b", "c"]) outbox.add(word);
  outbox.skip(3);
  outbox.add("d");
  outbox.renumber();
  assert.deepEqual([...outbox.entries()].map(({ sequence }) => sequence), [2, 6]);
  assert.equal(outbox.add("e"), 7);
});

Deno.test("Outbox never gives a number above 2^53 - 1", () => {
  const outbox = new Outbox<string>();
  outbox.skip(Number.MAX_SAFE_INTEGER - 1);
  assert.equal(outbox.add("last"), Number.MAX_SAFE_INTEGER);
  assert.throws(() => outbox.add("too far"), RangeError);
  assert.equal(outbox.size, 1);
});

Deno.test("Outbox keeps the order when it grows, wherever its oldest entry lies", () => {
  for (let acknowledged = 0; acknowledged < 70; acknowledged++) {
    const outbox = new Outbox<number>();
    for (let value = 1; value <= acknowledged; value++) outbox.add(value);
    outbox.advance(acknowledged);
    outbox.acknowledged(acknowledged);
    for (let value = acknowledged + 1; value <= 300; value++) outbox.add(value);
    const values = [...outbox.entries()].map(({ sequence, value }) => [sequence, value]);
    const expected = Array.from(values, (_, at) => [acknowledged + at + 1, acknowledged + at + 1]);
    assert.deepEqual(values, expected);
    assert.equal(outbox.size, 300 - acknowledged);
  }
});

Deno.test("Outbox keeps no entry that it has given away", () => {
  const outbox = new Outbox<number>();
  for (let round = 0; round < 3; round++) {
    for (let value = 0; value < 5000; value++) outbox.add(value);
    outbox.advance(5000);
    outbox.acknowledged(outbox.lastSequence);
    assert.equal(outbox.size, 0);
    assert.deepEqual([...outbox.entries()], []);
  }
  assert.equal(outbox.lastSequence, 15_000);
});
