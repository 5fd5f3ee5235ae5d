import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import { turn } from "../../lib/clock/turn.ts";
import { Heartbeats, heartbeatsOf } from "../../lib/transport/heartbeats.ts";

Deno.test("Heartbeats calls one at its own interval, exactly", async () => {
  const clock = new FakeClock();
  const at: number[] = [];
  await clock.advance(7);
  using _ = new Heartbeats(clock, 5000).start(() => at.push(clock.monotonicNs() / 1e6));
  await clock.advance(15_000);
  assert.deepEqual(at, [5007, 10_007, 15_007]);
});

Deno.test("Heartbeats calls each once per interval, never early, with one timer", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }),
      async (waits) => {
        const clock = new FakeClock();
        const heartbeats = new Heartbeats(clock, 1000);
        const calls = waits.map(() => [] as number[]);
        const all: Disposable[] = [];
        for (const [i, waitMs] of waits.entries()) {
          await clock.advance(waitMs);
          const started = clock.monotonicNs() / 1e6;
          calls[i]?.push(started);
          all.push(heartbeats.start(() => calls[i]?.push(clock.monotonicNs() / 1e6)));
          assert.equal(clock.pendingTimers, 1);
        }
        await clock.advance(5000);
        for (const times of calls) {
          for (const [i, time] of times.entries()) {
            if (i === 0) continue;
            const sinceMs = time - (times[i - 1] ?? NaN);
            assert(sinceMs >= 1000 && sinceMs <= 1020, `${sinceMs}`);
          }
          const now = clock.monotonicNs() / 1e6;
          assert((times.at(-1) ?? 0) > now - 1020, "the last is not long ago");
        }
        for (const one of all) one[Symbol.dispose]();
        assert.equal(clock.pendingTimers, 0);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("Heartbeats does not call who was disposed of, also by another's call", async () => {
  const clock = new FakeClock();
  const heartbeats = new Heartbeats(clock, 100);
  const called: string[] = [];
  const second = { it: undefined as Disposable | undefined };
  using _ = heartbeats.start(() => {
    called.push("first");
    second.it?.[Symbol.dispose]();
  });
  second.it = heartbeats.start(() => called.push("second"));
  await clock.advance(200);
  assert.deepEqual(called, ["first", "first"]);
  second.it[Symbol.dispose](); // twice is harmless
  await clock.advance(100);
  assert.equal(called.length, 3);
});

Deno.test("Heartbeats goes on when a call throws", async () => {
  const clock = new FakeClock();
  const heartbeats = new Heartbeats(clock, 100);
  let calls = 0;
  using _bad = heartbeats.start(() => {
    throw new Error("on purpose");
  });
  using _good = heartbeats.start(() => calls++);
  for (let i = 0; i < 3; i++) await clock.advance(200).catch(() => {});
  assert(calls >= 2, `${calls}`);
});

Deno.test("Heartbeats starts anew after all have gone, also from within a call", async () => {
  const clock = new FakeClock();
  const heartbeats = new Heartbeats(clock, 100);
  let again: Disposable | undefined;
  let calls = 0;
  const first = heartbeats.start(() => {
    first[Symbol.dispose]();
    again = heartbeats.start(() => calls++);
  });
  await clock.advance(350);
  assert.equal(calls, 2);
  again?.[Symbol.dispose]();
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("Heartbeats keeps the times of others when a call starts one more", async () => {
  const clock = new FakeClock();
  const heartbeats = new Heartbeats(clock, 1000);
  let more: Disposable | undefined;
  using _first = heartbeats.start(() => more ??= heartbeats.start(() => {}));
  await clock.advance(500);
  const at: number[] = [];
  using _second = heartbeats.start(() => at.push(clock.monotonicNs() / 1e6));
  await clock.advance(2500);
  more?.[Symbol.dispose]();
  assert.deepEqual(at, [1500, 2500]);
});

Deno.test("Heartbeats holds on to nothing of who was disposed of", async () => {
  const heartbeats = new Heartbeats(new FakeClock(), 5000);
  using _ = heartbeats.start(() => {});
  const comeAndGo = () => {
    const large = new Uint8Array(1024);
    heartbeats.start(() => large.fill(1))[Symbol.dispose]();
    return new WeakRef(large);
  };
  const gone = comeAndGo();
  setFlagsFromString("--expose-gc");
  // Deno 2.4 cannot be told to: there, much garbage makes it.
  const collect = runInNewContext("globalThis.gc") ?? (() => new Uint8Array(16 * 1024 * 1024));
  for (let turns = 0; turns < 300 && gone.deref() !== undefined; turns++) {
    await turn();
    collect();
  }
  assert.equal(gone.deref(), undefined);
});

Deno.test("heartbeatsOf() is one for each clock and interval", () => {
  const [one, other] = [new FakeClock(), new FakeClock()];
  assert.equal(heartbeatsOf(one, 100), heartbeatsOf(one, 100));
  assert.notEqual(heartbeatsOf(one, 100), heartbeatsOf(one, 200));
  assert.notEqual(heartbeatsOf(one, 100), heartbeatsOf(other, 100));
});
