import assert from "node:assert/strict";
import type { Fault, FaultKind } from "./fault.ts";
import { shrinkFaults } from "./shrink.ts";

const fault = (kind: FaultKind, atMs: number, forMs = 0): Fault => ({
  ...{ atMs, kind, machine: "server", forMs, dice: 0 },
});

const MANY = Array.from({ length: 20 }, (_, at) => fault("cut", at * 100));

Deno.test("shrinkFaults() finds the two of many that it takes", async () => {
  const needed = [MANY[3], MANY[17]];
  const shrunk = await shrinkFaults(
    MANY,
    (faults) => Promise.resolve(needed.every((one) => one !== undefined && faults.includes(one))),
  );
  assert.deepEqual(shrunk, needed);
});

Deno.test("shrinkFaults() leaves none where it fails without any", async () => {
  assert.deepEqual(await shrinkFaults(MANY, () => Promise.resolve(true)), []);
});

Deno.test("shrinkFaults() shortens what need not be so long", async () => {
  const long = [fault("stall", 10, 5000)];
  const shrunk = await shrinkFaults(long, ([first]) => Promise.resolve((first?.forMs ?? 0) >= 300));
  assert.deepEqual(shrunk, [fault("stall", 10, 312)]);
});

Deno.test("shrinkFaults() runs no more often than it may, and keeps what fails", async () => {
  let runs = 0;
  const shrunk = await shrinkFaults(MANY, (faults) => {
    runs++;
    return Promise.resolve(faults.length >= 15);
  }, 7);
  assert.equal(runs, 7);
  assert.ok(shrunk.length >= 15, `${shrunk.length}`);
});
