import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_NICK_BYTES } from "../../../lib/chat/limits.ts";
import { nearestFree } from "../../../lib/chat/nick/nearest_free.ts";
import { nickKey } from "../../../lib/chat/nick/nick_key.ts";
import { MAX_NICK_LETTERS, parseNick } from "../../../lib/chat/nick/parse_nick.ts";
import { nickLike } from "./nick_like.ts";

/** What somebody gets while others have names. */
function given(wanted: string, ...taken: readonly string[]): string {
  const keys = new Set(taken.map(nickKey));
  return nearestFree(wanted, (key) => keys.has(key)).nick;
}

Deno.test("nearestFree() gives what is wanted, else the same with a number", () => {
  assert.equal(given("Ada"), "Ada");
  assert.equal(given("Ada", "ada"), "Ada-2");
  assert.equal(given("ada", "ADA", "ada-2", "ada-3"), "ada-4");
  assert.equal(given("Иван", "Иван"), "Иван-2");
});

Deno.test("nearestFree() makes the best of a name that cannot be had", () => {
  assert.equal(given("ada's desk"), "ada-s-desk");
  assert.equal(given("ada's desk", "ada-s-desk"), "ada-s-desk-2");
  assert.equal(given("--ada--"), "ada");
  assert.equal(given("x".repeat(100)), "x".repeat(24));
});

Deno.test("nearestFree() gives a guest's name when nothing is left of what was wanted", () => {
  assert.equal(given(""), "guest-1");
  assert.equal(given("!?", "guest-1"), "guest-2");
  assert.equal(given("console"), "guest-1");
  assert.equal(given("guest-7", "guest-1"), "guest-2");
  assert.equal(given("аda"), "guest-1");
});

Deno.test("nearestFree() makes room for the number in a long name", () => {
  const letters = "x".repeat(24);
  assert.equal(given(letters, letters), `${"x".repeat(22)}-2`);
  const bytes = "가".repeat(21); // 63 bytes
  assert.equal(given(bytes, bytes), `${"가".repeat(20)}-2`);
});

Deno.test("nearestFree() asks about few names when thousands want the same", () => {
  const keys = new Set<string>();
  let asked = 0;
  for (let i = 0; i < 3000; i++) {
    const { key } = nearestFree("bench", (each) => {
      asked++;
      return keys.has(each);
    });
    assert.ok(!keys.has(key));
    keys.add(key);
  }
  assert.ok(asked < 3000 * 40, `asked ${asked} times`);
});

Deno.test("nearestFree() gives up when all is taken", () => {
  assert.throws(() => nearestFree("ada", () => true), RangeError);
});

Deno.test("nearestFree() gives a free name within the limits, for any text", () => {
  const text = fc.oneof(nickLike(), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 30 }), (wanted, count) => {
      const keys = new Set<string>();
      for (let i = 0; i <= count; i++) {
        const free = nearestFree(wanted, (key) => keys.has(key));
        assert.deepEqual(parseNick(free.nick, { isGiven: true }), free);
        assert.ok(!keys.has(free.key));
        assert.ok([...free.nick].length <= MAX_NICK_LETTERS);
        assert.ok(new TextEncoder().encode(free.nick).length <= MAX_NICK_BYTES);
        keys.add(free.key);
      }
    }),
    { numRuns: 100 },
  );
});
