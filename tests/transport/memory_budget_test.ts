import fc from "fast-check";
import assert from "node:assert/strict";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

const SIZES = [
  { wanted: 0, given: 4 * KIB },
  { wanted: 1, given: 4 * KIB },
  { wanted: 4 * KIB, given: 4 * KIB },
  { wanted: 4 * KIB + 1, given: 8 * KIB },
  { wanted: 64 * KIB, given: 64 * KIB },
  { wanted: 200 * KIB, given: 256 * KIB },
  { wanted: 2 * MIB, given: 2 * MIB },
  { wanted: 64 * MIB, given: 64 * MIB },
];

for (const { wanted, given } of SIZES) {
  Deno.test(`take() of ${wanted} bytes gives and counts ${given}`, () => {
    const budget = new MemoryBudget(64 * MIB);
    const buffer = budget.take(wanted);
    assert.equal(buffer?.length, given);
    assert.equal(budget.usedBytes, given);
    assert.ok(buffer);
    budget.give(buffer);
    assert.equal(budget.usedBytes, 0);
  });
}

Deno.test("take() goes to exactly limitBytes and not beyond", () => {
  const budget = new MemoryBudget(16 * KIB);
  assert.ok(budget.take(8 * KIB));
  assert.equal(budget.take(8 * KIB + 1), undefined);
  assert.ok(budget.take(4 * KIB));
  assert.ok(budget.take(1));
  assert.equal(budget.take(1), undefined);
  assert.equal(budget.usedBytes, 16 * KIB);
});

Deno.test("take() gives a buffer of up to 2 MiB again that was given back, with old content", () => {
  for (const size of [4 * KIB, 2 * MIB]) {
    const budget = new MemoryBudget(8 * MIB);
    const buffer = budget.take(size)?.fill(7);
    assert.ok(buffer);
    budget.give(buffer);
    assert.equal(budget.take(size), buffer);
    assert.equal(buffer[0], 7);
    assert.notEqual(budget.take(size), buffer, "but not to two users");
  }
});

Deno.test("give() never lets a buffer be used again that something may still read from", () => {
  const budget = new MemoryBudget(8 * KIB);
  const buffer = budget.take(4 * KIB);
  assert.ok(buffer);
  budget.give(buffer, false);
  assert.equal(budget.usedBytes, 0);
  assert.notEqual(budget.take(4 * KIB), buffer);
});

Deno.test("give() keeps no buffer above 2 MiB, and 4 MiB of each size", () => {
  const budget = new MemoryBudget(64 * MIB);
  for (
    const { size, count, kept } of [
      { size: 4 * MIB, count: 2, kept: 0 },
      { size: MIB, count: 8, kept: 4 },
    ]
  ) {
    const takeAll = () => Array.from({ length: count }, () => budget.take(size));
    const first = new Set(takeAll());
    for (const buffer of first) if (buffer) budget.give(buffer);
    assert.equal(takeAll().filter((buffer) => first.has(buffer)).length, kept);
  }
});

Deno.test("onGiven() calls once, for the next buffer that is given back", () => {
  const budget = new MemoryBudget(MIB);
  const first = budget.take(1);
  const second = budget.take(1);
  assert.ok(first && second);
  const calls: string[] = [];
  budget.onGiven(() => calls.push(`a: ${budget.usedBytes}`));
  budget.onGiven(() => calls.push(`b: ${budget.usedBytes}`));
  assert.deepEqual(calls, []);
  budget.give(first);
  assert.deepEqual(calls, ["a: 4096", "b: 4096"]);
  budget.give(second);
  assert.equal(calls.length, 2);
});

Deno.test("onGiven() may be called again from the call itself, for the next time", () => {
  const budget = new MemoryBudget(MIB);
  const buffers = [budget.take(1), budget.take(1)];
  let calls = 0;
  const wait = () => {
    calls++;
    budget.onGiven(wait);
  };
  budget.onGiven(wait);
  for (const [index, buffer] of buffers.entries()) {
    if (buffer) budget.give(buffer);
    assert.equal(calls, index + 1);
  }
});

Deno.test("usedBytes is the sum of the buffers in use after any takes and gives", () => {
  const step = fc.oneof(
    fc.record({ take: fc.oneof(fc.nat(10_000), fc.nat(300_000)) }),
    fc.record({ give: fc.nat(20) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const budget = new MemoryBudget(MIB);
      const used: Uint8Array<ArrayBuffer>[] = [];
      const sum = () => used.reduce((sum, { length }) => sum + length, 0);
      for (const step of steps) {
        if ("take" in step) {
          const buffer = budget.take(step.take);
          if (buffer !== undefined) {
            assert.ok(buffer.length >= step.take && !used.includes(buffer));
            used.push(buffer);
          }
        } else {
          const [buffer] = used.splice(step.give % Math.max(1, used.length), 1);
          if (buffer !== undefined) budget.give(buffer);
        }
        assert.equal(budget.usedBytes, sum());
        assert.ok(budget.usedBytes <= budget.limitBytes);
      }
    }),
  );
});
