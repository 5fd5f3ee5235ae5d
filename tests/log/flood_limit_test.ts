import assert from "node:assert/strict";
import fc from "fast-check";
import { FloodLimit } from "../../lib/log/flood_limit.ts";

const S = 1e9;

Deno.test("FloodLimit lets a burst through, then holds back until the bucket is full again", () => {
  const limit = new FloodLimit({ burst: 20, perSecond: 5 });
  const passes = (nowNs: number, count: number) => {
    let passed = 0;
    for (let at = 0; at < count; at++) if (limit.take("full", nowNs)) passed++;
    return passed;
  };
  assert.equal(passes(0, 1000), 20);
  assert.deepEqual(limit.due(3.9 * S), []);
  assert.equal(passes(3.9 * S, 5), 0);
  assert.deepEqual(limit.due(4 * S), [{ key: "full", count: 985, sinceNs: 0 }]);
  assert.deepEqual(limit.due(4 * S), []);
  assert.equal(passes(4 * S, 1000), 20);
});

Deno.test("FloodLimit never holds back what comes at its rate", () => {
  const limit = new FloodLimit({ burst: 2, perSecond: 5 });
  for (let at = 0; at < 1000; at++) assert(limit.take("left", at * S / 5));
});

Deno.test("FloodLimit keeps keys apart, and counts those above its limit as one", () => {
  const limit = new FloodLimit({ burst: 1, perSecond: 1, maxKeys: 2 });
  assert(limit.take("a", 0) && limit.take("b", 0) && limit.take("c", 0));
  assert(!limit.take("d", 0));
  assert(!limit.take("a", 0));
  assert.deepEqual(limit.drain().map(({ key, count }) => [key, count]), [["a", 1], ["others", 1]]);
});

Deno.test("FloodLimit loses count of nothing and passes no more than its rate allows", () => {
  const step = fc.record({
    afterMs: fc.nat(3000),
    key: fc.constantFrom("a", "b"),
    count: fc.nat(60),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
    const limit = new FloodLimit({ burst: 10, perSecond: 4 });
    const passed = new Map<string, number>();
    let [asked, held, nowNs] = [0, 0, 0];
    for (const { afterMs, key, count } of steps) {
      nowNs += afterMs * 1e6;
      for (const { count } of limit.due(nowNs)) held += count;
      for (let at = 0; at < count; at++) {
        asked++;
        if (limit.take(key, nowNs)) passed.set(key, (passed.get(key) ?? 0) + 1);
      }
    }
    for (const { count } of limit.drain()) held += count;
    assert.equal((passed.get("a") ?? 0) + (passed.get("b") ?? 0) + held, asked);
    for (const count of passed.values()) assert(count <= 10 + nowNs / 1e9 * 4 + 1e-6);
  }));
});
