import assert from "node:assert/strict";
import fc from "fast-check";
import { RateMeter } from "../../lib/terminal/rate_meter.ts";

Deno.test("RateMeter tells nothing when it is too early", () => {
  const meter = new RateMeter({ startMs: 1000 });
  meter.update(500, 1001);
  assert.equal(meter.perSecond(1100), undefined);
  assert(meter.perSecond(1200) !== undefined);
});

Deno.test("RateMeter meets a constant rate exactly, however unevenly updates come", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(fc.property(gaps, fc.integer({ min: 1, max: 1_000_000 }), (gapsMs, perSecond) => {
    let nowMs = 5000;
    const meter = new RateMeter({ startMs: nowMs, done: 7 });
    for (const gapMs of [200, ...gapsMs]) {
      nowMs += gapMs;
      meter.update(7 + (nowMs - 5000) / 1000 * perSecond, nowMs);
      const shown = meter.perSecond(nowMs) ?? NaN;
      assert(Math.abs(shown - perSecond) < perSecond * 1e-9, `${shown}`);
    }
  }));
});

Deno.test("RateMeter counts what is older than a half-life half", () => {
  const meter = new RateMeter({ startMs: 0, halfLifeMs: 1000 });
  for (let ms = 100; ms <= 20_000; ms += 100) meter.update(ms, ms); // 1000 a second, long enough
  for (let ms = 20_100; ms <= 21_000; ms += 100) meter.update(20_000 + (ms - 20_000) * 3, ms);
  assert(Math.abs((meter.perSecond(21_000) ?? 0) - 2000) < 1);
});

Deno.test("RateMeter falls while nothing comes, by half in a half-life", () => {
  const meter = new RateMeter({ startMs: 0, halfLifeMs: 1000 });
  for (let ms = 100; ms <= 20_000; ms += 100) meter.update(ms, ms);
  assert(Math.abs((meter.perSecond(21_000) ?? 0) - 500) < 1);
});

Deno.test("RateMeter takes updates of one instant together, and a step back as no work", () => {
  const meter = new RateMeter({ startMs: 0 });
  meter.update(100, 1000);
  meter.update(150, 1000);
  meter.update(200, 2000);
  assert(Math.abs((meter.perSecond(2000) ?? 0) - 100) < 1e-9);
  meter.update(0, 3000);
  assert((meter.perSecond(3000) ?? -1) >= 0);
});
