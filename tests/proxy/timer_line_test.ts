/** The proxy between a real server and a real client of `timer`, in memory. */
import assert from "node:assert/strict";
import { settle } from "../../lib/clock/fake_clock.ts";
import { memoryWorld } from "../transport/world.ts";
import { corrupt, cut, delayBy, drop, duplicate, holdUntilIndex, swapWithNext } from "./actions.ts";
import type { FaultProxyOptions } from "./fault_proxy.ts";
import { at, every, firstOf } from "./scripts.ts";
import { REPLY, REQUEST, sequences, type TimerLine, timerLine } from "./timer_line.ts";

const TWELVE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

async function withLine(
  options: Partial<FaultProxyOptions>,
  body: (line: TimerLine, advance: (byMs: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const world = memoryWorld();
  const line = await timerLine(world, options);
  try {
    await body(line, (byMs) => world.clock.advance(byMs));
  } finally {
    await world.clock.runUntil(line[Symbol.asyncDispose]());
  }
  assert.equal(world.clock.pendingTimers, 0, "timers are left");
}

/** Sends requests 0 to 11 at once. */
async function sendTwelve({ request }: TimerLine): Promise<void> {
  TWELVE.forEach(request);
  await settle();
}

Deno.test("FaultProxy without rules passes everything in order", async () => {
  await withLine({}, async (line) => {
    await sendTwelve(line);
    assert.deepEqual(sequences(line.requests), TWELVE);
    assert.deepEqual(sequences(line.replies), TWELVE);
    const { there, back } = line.proxy.counters;
    assert.deepEqual([there.framesOut, back.framesOut], [there.framesIn, back.framesIn]);
    assert.equal(there.framesIn, 2 + 12); // HELLO, PROOF
  });
});

Deno.test("drop takes exactly the scripted replies away", async () => {
  await withLine({ rules: { back: { [REPLY]: at([3, 7, 8], drop) } } }, async (line) => {
    await sendTwelve(line);
    assert.deepEqual(sequences(line.requests), TWELVE);
    assert.deepEqual(sequences(line.replies), [0, 1, 2, 4, 5, 6, 9, 10, 11]);
    assert.equal(line.proxy.counters.back.dropped, 3);
    assert.equal(line.proxy.counters.there.dropped, 0);
  });
});

Deno.test("duplicate() gives as many copies as scripted, behind the frame or late", async () => {
  const script = firstOf(at([2], duplicate(3)), at([5], duplicate(2, 10)));
  await withLine({ rules: { back: { [REPLY]: script } } }, async (line, advance) => {
    await sendTwelve(line);
    assert.deepEqual(sequences(line.replies), [0, 1, 2, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    await advance(50);
    assert.deepEqual(line.replies.slice(15), [
      { sequence: 5, atMs: 10 },
      { sequence: 5, atMs: 20 },
    ]);
    assert.equal(line.proxy.counters.back.duplicated, 5);
    assert.equal(line.requests.length, 12);
  });
});

Deno.test("delayBy() makes a frame late, and later ones overtake it", async () => {
  const script = firstOf(at([1], delayBy(30)), at([4], delayBy(20)));
  await withLine({ rules: { there: { [REQUEST]: script } } }, async (line, advance) => {
    await sendTwelve(line);
    await advance(50);
    assert.deepEqual(sequences(line.requests), [0, 2, 3, 5, 6, 7, 8, 9, 10, 11, 4, 1]);
    assert.deepEqual(line.requests.slice(10).map(({ atMs }) => atMs), [20, 30]);
    assert.equal(line.proxy.counters.there.delayed, 2);
  });
});

Deno.test("swapWithNext and holdUntilIndex() give the exact order of the script", async () => {
  const script = firstOf(at([0, 4, 5], swapWithNext), at([2, 3], holdUntilIndex(8)));
  await withLine({ rules: { back: { [REPLY]: script } } }, async (line) => {
    await sendTwelve(line);
    assert.deepEqual(sequences(line.replies), [1, 0, 4, 6, 5, 7, 8, 2, 3, 9, 10, 11]);
    assert.equal(line.proxy.counters.back.held, 5);
  });
});

Deno.test("holdUntilIndex() comes out in the place of a frame that is dropped itself", async () => {
  const script = firstOf(at([1], holdUntilIndex(6)), at([6], drop));
  await withLine({ rules: { back: { [REPLY]: script } } }, async (line) => {
    await sendTwelve(line);
    assert.deepEqual(sequences(line.replies), [0, 2, 3, 4, 5, 1, 7, 8, 9, 10, 11]);
  });
});

Deno.test("every() means each n-th frame of its kind, whatever the transport sends", async () => {
  await withLine({ rules: { back: { [REPLY]: every(4, drop) } } }, async (line) => {
    for (const sequence of TWELVE) {
      line.request(sequence);
      await line.client.ping();
    }
    assert.deepEqual(sequences(line.replies), [0, 1, 2, 4, 5, 6, 8, 9, 10]);
  });
});

Deno.test("corrupt() changes one byte, and the frames behind it are whole", async () => {
  await withLine({ rules: { back: { [REPLY]: at([4], corrupt(5)) } } }, async (line) => {
    await sendTwelve(line);
    assert.deepEqual(sequences(line.replies), TWELVE.map((n) => n === 4 ? -1 : n));
  });
});

Deno.test("cut() lets what went before arrive and ends both sides", async () => {
  await withLine({ rules: { there: { [REQUEST]: at([5], cut()) } } }, async (line) => {
    await sendTwelve(line);
    assert.deepEqual(sequences(line.requests), [0, 1, 2, 3, 4]);
    assert.equal((await line.client.closed).code, "lost");
    assert.equal(line.proxy.open, 0);
    assert.equal(line.proxy.counters.there.cuts, 1);
  });
});

Deno.test("cut() with bytes to keep ends inside the frame", async () => {
  await withLine({ rules: { back: { [REPLY]: at([2], cut(9)) } } }, async (line) => {
    await sendTwelve(line);
    assert.deepEqual(sequences(line.replies), [0, 1]);
    assert.match((await line.client.closed).message, /inside a frame/);
  });
});

Deno.test("stall() of 1.4 s delays exactly the frames that are under way in it", async () => {
  await withLine({}, async (line, advance) => {
    for (const sequence of TWELVE) { // one each 250 ms; stalled from 1000 to 2400 ms
      if (sequence === 4) line.proxy.stall();
      line.request(sequence);
      await advance(sequence === 9 ? 150 : 250);
      if (sequence === 9) {
        line.proxy.resume();
        await advance(100);
      }
    }
    const sentMs = TWELVE.map((n) => n * 250);
    const expected = sentMs.map((ms) => ms >= 1000 && ms < 2400 ? 2400 : ms);
    assert.deepEqual(line.replies, TWELVE.map((n) => ({ sequence: n, atMs: expected[n] })));
  });
});

Deno.test("stall() of one direction leaves the other one alone", async () => {
  await withLine({}, async (line, advance) => {
    line.proxy.stall({ direction: "back" });
    await sendTwelve(line);
    await advance(1400);
    assert.deepEqual(line.requests.map(({ atMs }) => atMs), TWELVE.map(() => 0));
    assert.equal(line.replies.length, 0);
    line.proxy.resume({ direction: "back" });
    await settle();
    assert.deepEqual(line.replies.map(({ atMs }) => atMs), TWELVE.map(() => 1400));
  });
});

Deno.test("shape() adds its delay each way to what is sent from then on", async () => {
  await withLine({}, async (line, advance) => {
    line.request(0);
    await advance(10);
    line.proxy.shape({ delayUs: 20_000 });
    line.request(1);
    await advance(5);
    line.proxy.shape({ direction: "there", delayUs: 1_000 });
    line.request(2); // must not overtake: there is no rule for it
    await advance(100);
    line.request(3);
    await advance(100);
    assert.deepEqual(line.replies.map(({ atMs }) => atMs), [0, 50, 50, 136]);
    assert.deepEqual(sequences(line.replies), [0, 1, 2, 3]);
  });
});

Deno.test("shape() gives each frame the time that its bytes take", async () => {
  await withLine({}, async (line, advance) => {
    line.proxy.shape({ direction: "back", bytesPerSecond: 2_900 }); // a REPLY has 29 bytes
    for (const sequence of [0, 1, 2]) line.request(sequence);
    await advance(100);
    line.request(3);
    await advance(100);
    assert.deepEqual(line.replies.map(({ atMs }) => atMs), [10, 20, 30, 110]);
  });
});

Deno.test("FaultProxy passes the goodbye of a client on, through a delay too", async () => {
  const world = memoryWorld();
  const line = await timerLine(world);
  line.proxy.shape({ delayUs: 5_000 });
  line.request(0);
  const report = await world.clock.runUntil(line.client.close());
  assert.deepEqual([report.code, report.by], ["done", "here"]);
  assert.deepEqual(sequences(line.requests), [0]);
  await world.clock.runUntil(line[Symbol.asyncDispose]());
  assert.equal(world.clock.pendingTimers, 0);
});
