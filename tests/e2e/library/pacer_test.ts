/** The pacer with its thread, in real time. */
import assert from "node:assert/strict";
import { precisePacer } from "../../../lib/clock/precise_pacer.ts";
import type { Pacer } from "../../../lib/clock/pacer.ts";
import { systemClock } from "../../../lib/clock/system_clock.ts";
import { fromSource } from "../root.ts";

/** How early a wake-up may be; see `precise_pacer.ts`. */
const EARLY_NS = 20e3;

/** How late the median of all wake-ups may be: a hundred times what it is when nothing else runs. */
const MEDIAN_LATE_NS = 5e6;

function wakeAt(pacer: Pacer, atNs: number, isIdle: boolean): Promise<number> {
  return new Promise((resolve) =>
    pacer.wakeAt(atNs, isIdle, () => resolve(systemClock.monotonicNs()))
  );
}

for (const isIdle of [true, false]) {
  const when = isIdle ? "when nothing else happens" : "when something else may happen";
  Deno.test(`precisePacer() wakes never early and seldom late ${when}`, async () => {
    using pacer = precisePacer(systemClock);
    await wakeAt(pacer, systemClock.monotonicNs(), isIdle); // its thread is there from now on
    const lateNs: number[] = [];
    for (let i = 0; i < 300; i++) {
      // From 50 us, which is spun, to 5 ms, which is slept.
      const atNs = systemClock.monotonicNs() + 50e3 * (1 + i % 100);
      lateNs.push(await wakeAt(pacer, atNs, isIdle) - atNs);
    }
    lateNs.sort((a, b) => a - b);
    assert((lateNs[0] ?? NaN) >= -EARLY_NS, `${lateNs[0]} ns`);
    assert((lateNs[150] ?? NaN) <= MEDIAN_LATE_NS, `${lateNs[150]} ns`);
  });
}

Deno.test("precisePacer() calls at once, but not in the caller, when the time is over", async () => {
  using pacer = precisePacer(systemClock);
  let isCalled = false;
  const called = new Promise<void>((resolve) =>
    pacer.wakeAt(systemClock.monotonicNs() - 1, false, () => {
      isCalled = true;
      resolve();
    })
  );
  assert(!isCalled);
  await called;
});

for (const [what, firstMs] of [["sooner", 5], ["later", 60]] as const) {
  Deno.test(`precisePacer() replaces a call that would have come ${what}`, async () => {
    using pacer = precisePacer(systemClock);
    await wakeAt(pacer, systemClock.monotonicNs(), false);
    const startNs = systemClock.monotonicNs();
    let wasReplaced = true;
    pacer.wakeAt(startNs + firstMs * 1e6, false, () => wasReplaced = false);
    const atNs = startNs + 30e6;
    assert(await wakeAt(pacer, atNs, false) >= atNs - EARLY_NS);
    await wakeAt(pacer, startNs + 80e6, false);
    assert(wasReplaced);
  });
}

Deno.test("precisePacer() calls the newer of two functions for one time, once", async () => {
  using pacer = precisePacer(systemClock);
  const atNs = systemClock.monotonicNs() + 10e6;
  const called: string[] = [];
  pacer.wakeAt(atNs, false, () => called.push("older"));
  pacer.wakeAt(atNs, false, () => called.push("newer"));
  await new Promise((resolve) => setTimeout(resolve, 40));
  await wakeAt(pacer, systemClock.monotonicNs() + 1e6, false);
  assert.deepEqual(called, ["newer"]);
});

for (const [isIdle, inMs] of [[true, 0.1], [true, 5], [false, 0], [false, 5]] as const) {
  const idle = isIdle ? "idle" : "not idle";
  Deno.test(`cancel() of precisePacer() takes a call in ${inMs} ms back, ${idle}`, async () => {
    using pacer = precisePacer(systemClock);
    await wakeAt(pacer, systemClock.monotonicNs(), false);
    let wasCalled = false;
    pacer.wakeAt(systemClock.monotonicNs() + inMs * 1e6, isIdle, () => wasCalled = true);
    pacer.cancel();
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert(!wasCalled);
    const atNs = systemClock.monotonicNs() + 2e6;
    assert(await wakeAt(pacer, atNs, isIdle) >= atNs - EARLY_NS, "it can be used again");
  });
}

for (const pending of ["", "pacer.wakeAt(systemClock.monotonicNs() + 60e9, false, () => {});"]) {
  const what = pending === "" ? "that rests" : "with a call pending";
  Deno.test(`precisePacer() ${what} leaves no thread when it is disposed`, async () => {
    const script = `
      import { precisePacer } from ${JSON.stringify(fromSource("lib/clock/precise_pacer.ts"))};
      import { systemClock } from ${JSON.stringify(fromSource("lib/clock/system_clock.ts"))};
      const pacer = precisePacer(systemClock);
      await new Promise((resolve) => pacer.wakeAt(systemClock.monotonicNs() + 1e6, false, resolve));
      ${pending}
      pacer[Symbol.dispose]();
      console.log("disposed");`;
    // It has nothing else to do, so it ends by itself, or not before the deadline.
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      signal: AbortSignal.timeout(30_000),
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.equal(new TextDecoder().decode(stdout), "disposed\n");
  });
}
