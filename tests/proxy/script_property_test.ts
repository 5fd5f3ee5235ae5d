/** Random scripts, against an oracle that applies them to a list. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { writeAll } from "../../lib/transport/write_all.ts";
import { cut as cutInto } from "../transport/feed.ts";
import { type Action, delayBy, drop, duplicate, holdUntilIndex, swapWithNext } from "./actions.ts";
import { Collector, joined, numbered, type RawLine, rawLine } from "./raw_line.ts";
import { expectedFrames, type SentFrame } from "./script_oracle.ts";
import type { FrameFacts } from "./scripts.ts";

const delayMs = fc.integer({ min: 0, max: 4 });

/** An action for the frame with this index. */
const action: fc.Arbitrary<(index: number) => Action | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(() => undefined) },
  fc.constant(() => drop),
  fc.tuple(fc.integer({ min: 0, max: 3 }), delayMs).map((args) => () => duplicate(...args)),
  delayMs.map((ms) => () => delayBy(ms)),
  fc.constant(() => swapWithNext),
  fc.integer({ min: 1, max: 6 }).map((n) => (index: number) => holdUntilIndex(index + n)),
);

const frames: fc.Arbitrary<SentFrame[]> = fc.array(
  fc.record({ kind: fc.constantFrom(0x06, 0x20, 0x21, 0x80), action }),
  { maxLength: 40 },
).map((drawn) => {
  const counts = new Map<number, number>();
  return drawn.map(({ kind, action }) => {
    const index = counts.get(kind) ?? 0;
    counts.set(kind, index + 1);
    return { kind, action: action(index) };
  });
});

interface Plan {
  readonly frames: SentFrame[];
  readonly payloadBytes: number;
  readonly chunkBytes: number[];
  readonly maxWriteBytes: number;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  frames,
  payloadBytes: fc.integer({ min: 4, max: 300 }),
  chunkBytes: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }),
  maxWriteBytes: fc.integer({ min: 1, max: 500 }),
});

/** Sends all frames at once in one direction, and begins to collect what comes out. */
async function send(
  { frames, payloadBytes, chunkBytes, maxWriteBytes }: Plan,
  line: RawLine,
  direction: "there" | "back",
): Promise<Collector> {
  for (const { there, back } of line.network.links) {
    there.settings.maxWriteBytes = back.settings.maxWriteBytes = maxWriteBytes;
  }
  const [from, to] = direction === "there"
    ? [line.client, line.server]
    : [line.server, line.client];
  const got = new Collector(to, line.clock);
  const stream = joined(frames.map(({ kind }, i) => numbered(kind, i, payloadBytes)));
  for (const chunk of cutInto(stream, chunkBytes)) await writeAll(from, chunk);
  await from.closeWrite();
  return got;
}

/** A script that knows the action of each frame by its number. */
function scriptOf(frames: readonly SentFrame[]) {
  return ({ payload }: FrameFacts) =>
    frames[new DataView(payload.buffer, payload.byteOffset).getUint32(0)]?.action;
}

for (const direction of ["there", "back"] as const) {
  Deno.test(`FaultProxy does what any script says, ${direction}, in order and in time`, async () => {
    await fc.assert(fc.asyncProperty(plan, async (plan) => {
      await using line = await rawLine({ rules: { [direction]: scriptOf(plan.frames) } });
      const got = await send(plan, line, direction);
      await line.clock.runUntil(got.ended);
      const arrived = got.arrivals.map(({ number, atMs }) => ({ number, atMs }));
      assert.deepEqual(arrived, expectedFrames(plan.frames));
      const counters = line.proxy.counters[direction];
      const { framesIn, framesOut, dropped, duplicated, lost } = counters;
      assert.equal(framesIn, plan.frames.length);
      assert.equal(framesOut, arrived.length);
      assert.equal(framesOut, framesIn - dropped + duplicated);
      assert.equal(lost, 0);
    }));
  });
}

Deno.test("FaultProxy loses and repeats nothing but what the script says, at any bound, delay and bandwidth", async () => {
  const path = fc.record({
    maxWaitingBytes: fc.integer({ min: 1, max: 5_000 }),
    delayUs: fc.integer({ min: 0, max: 3_000 }),
    bytesPerSecond: fc.constantFrom(Infinity, 10_000, 1_000_000),
  });
  const stalls = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 });
  await fc.assert(fc.asyncProperty(plan, path, stalls, async (plan, path, stalls) => {
    await using line = await rawLine({ rules: { there: scriptOf(plan.frames) }, ...path });
    const got = await send(plan, line, "there");
    for (const stallMs of stalls) {
      line.proxy.stall();
      await line.clock.advance(stallMs);
      line.proxy.resume();
      await line.clock.advance(1);
    }
    await line.clock.runUntil(got.ended);
    const numbers = got.numbers.sort((a, b) => a - b);
    const expected = expectedFrames(plan.frames).map(({ number }) => number).sort((a, b) => a - b);
    assert.deepEqual(numbers, expected);
  }));
});

Deno.test("FaultProxy keeps the order of frames without rules at any bound, delay and bandwidth", async () => {
  const changes = fc.array(
    fc.record({
      delayUs: fc.integer({ min: 0, max: 3_000 }),
      bytesPerSecond: fc.constantFrom(Infinity, 10_000, 1_000_000),
    }),
    { maxLength: 6 },
  );
  await fc.assert(fc.asyncProperty(plan, changes, async (plan, changes) => {
    await using line = await rawLine({ maxWaitingBytes: 500, delayUs: 2_000 });
    const got = await send(plan, line, "there");
    for (const change of changes) {
      line.proxy.shape(change);
      await line.clock.advance(1);
    }
    await line.clock.runUntil(got.ended);
    assert.deepEqual(got.numbers, plan.frames.map((_, i) => i));
  }));
});
