import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { SimClock } from "./sim_clock.ts";

Deno.test("SimClock runs as much too fast as it is told, both clocks", async () => {
  const truth = new FakeClock();
  const clock = new SimClock(truth, 5_000_000, 200);
  const startUs = truth.wallUs();
  assert.equal(clock.monotonicNs(), 0);
  assert.equal(clock.wallUs(), startUs + 5_000_000);
  await truth.advance(10_000);
  assert.equal(clock.monotonicNs(), 10_002_000_000);
  assert.equal(clock.wallUs(), startUs + 5_000_000 + 10_002_000);
  assert.ok(Math.abs(clock.trueMs(10_002) - 10_000) < 1e-6);
});

Deno.test("SimClock is set without its monotonic clock, and changes its rate without a leap", async () => {
  const truth = new FakeClock();
  const clock = new SimClock(truth, 0, 0);
  const startUs = truth.wallUs();
  await truth.advance(1000);
  clock.step(-300_000);
  assert.equal(clock.monotonicNs(), 1e9);
  assert.equal(clock.wallUs(), startUs + 700_000);
  clock.drift(-100);
  assert.equal(clock.monotonicNs(), 1e9);
  await truth.advance(1000);
  assert.equal(clock.monotonicNs(), 2e9 - 100_000);
  assert.equal(clock.wallUs(), startUs + 1_700_000 - 100);
});

Deno.test("SimClock keeps what was done to it: what it showed at any moment follows", async () => {
  const truth = new FakeClock();
  const clock = new SimClock(truth, 7, 50);
  const shown: { nowNs: number; wallUs: number }[] = [];
  const look = () => shown.push({ nowNs: truth.monotonicNs(), wallUs: clock.exactWallUs() });
  for (const change of [() => clock.step(1e6), () => clock.drift(-20), () => clock.step(-5)]) {
    await truth.advance(333);
    look();
    await truth.advance(1);
    change();
    look();
  }
  for (const { nowNs, wallUs } of shown) {
    const piece = clock.pieces.findLast(({ fromNs }) => fromNs <= nowNs);
    assert.ok(piece !== undefined);
    const expectedUs = piece.wallUs + (nowNs - piece.fromNs) * piece.rate / 1000;
    assert.ok(Math.abs(wallUs - expectedUs) < 1, `${wallUs} is not ${expectedUs}`);
  }
  assert.equal(clock.pieces.length, 4);
});
