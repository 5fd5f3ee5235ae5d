/** `timer ping` through a proxy that drops, repeats, delays and swaps frames. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { delayBy, drop, duplicate, holdUntilIndex, swapWithNext } from "../proxy/actions.ts";
import { type ExpectedFrame, expectedFrames } from "../proxy/script_oracle.ts";
import { at, every, firstOf, type Script } from "../proxy/scripts.ts";
import { REPLY, REQUEST } from "../proxy/timer_line.ts";
import { IS_SLOW, type Summary, TimerRoom } from "./timer_room.ts";

/** The time limit of all runs here. */
const TIMEOUT_MS = 500;

/** There and back, through the proxy. */
const PATH_MS = 1;

/** Runs `timer ping` through a proxy with these scripts. */
async function run(
  scripts: { readonly there?: Script; readonly back?: Script },
  flags: readonly string[],
): Promise<Summary & { readonly exitCode: number }> {
  await using room = new TimerRoom({ there: { delayUs: 300 }, back: { delayUs: 200 } });
  await room.serve();
  const { there, back } = scripts;
  room.proxy({
    there: there === undefined ? {} : { [REQUEST]: there },
    back: back === undefined ? {} : { [REPLY]: back },
  });
  return await room.summary("--timeout", `${TIMEOUT_MS}ms`, ...flags);
}

function countsOf({ sent, answered, lost, late, duplicated, reordered, unexpected }: Summary) {
  return { sent, answered, lost, late, duplicated, reordered, unexpected };
}

const CLEAN = {
  sent: 100,
  answered: 100,
  lost: 0,
  late: 0,
  duplicated: 0,
  reordered: 0,
  unexpected: 0,
};

const CLOSED = ["--count", "100"];
const OPEN = ["--count", "100", "--rate", "1000", "--in-flight", "16"];

for (const flags of [CLOSED, OPEN]) {
  const kind = flags === CLOSED ? "closed" : "open";

  Deno.test(`timer ping counts dropped frames as lost, ${kind} loop`, async () => {
    for (const scripts of [{ there: at([0, 7, 99], drop) }, { back: at([0, 7, 99], drop) }]) {
      const { exitCode, end, missing, response, ...summary } = await run(scripts, flags);
      assert.deepEqual([exitCode, end], [3, "done"]);
      assert.deepEqual(countsOf(summary as Summary), { ...CLEAN, answered: 97, lost: 3 });
      assert.deepEqual([missing, response.count], [3, 97]);
    }
  });

  Deno.test(`timer ping counts every copy of an answer, ${kind} loop`, async () => {
    const script = firstOf(at([2], duplicate(3)), every(10, duplicate(1, 3)));
    for (const scripts of [{ there: script }, { back: script }]) {
      const summary = await run(scripts, [...flags]);
      assert.equal(summary.exitCode, 3);
      // A copy of the last one comes when the run is over.
      assert.deepEqual(countsOf(summary), { ...CLEAN, duplicated: 12 });
      assert.deepEqual([summary.missing, summary.response.count], [0, 100]);
    }
  });

  Deno.test(`timer ping counts answers after --timeout as late, not lost, ${kind} loop`, async () => {
    for (const direction of ["there", "back"]) {
      const summary = await run({ [direction]: at([3, 4, 50], delayBy(TIMEOUT_MS + 10)) }, flags);
      assert.equal(summary.exitCode, 3);
      const { late, lost, answered, missing, response } = summary;
      // In an open loop all is sent before they come; nobody waits for them then.
      if (flags === CLOSED) assert.deepEqual([late, lost, answered], [3, 0, 100]);
      else assert.deepEqual([late + lost, answered], [3, 100 - lost]);
      assert.deepEqual([missing, response.count], [3, 97]);
    }
  });
}

Deno.test("timer ping takes an answer as in time up to --timeout, and as late after it", async () => {
  for (const [overMs, late] of [[-0.1, 0], [0.1, 1]] as const) {
    const delayMs = TIMEOUT_MS - PATH_MS + overMs;
    const summary = await run({ back: at([5], delayBy(delayMs)) }, CLOSED);
    assert.deepEqual([summary.late, summary.answered], [late, 100], `${delayMs} ms`);
    assert.equal(summary.exitCode, late === 0 ? 0 : 3);
  }
});

Deno.test("timer ping counts answers that others have overtaken as reordered", async () => {
  // Ten answers at a time: with 10 in flight a closed loop sends all that has room at once.
  const flags = ["--count", "100", "--in-flight", "10"];
  const script = firstOf(at([3, 55], swapWithNext), at([20], holdUntilIndex(24)));
  for (const scripts of [{ there: script }, { back: script }]) {
    const summary = await run(scripts, flags);
    assert.deepEqual(countsOf(summary), { ...CLEAN, reordered: 3 });
    assert.equal(summary.exitCode, 0, "no loss");
  }
});

const delay = fc.constantFrom(1, 7, 40, TIMEOUT_MS - 60).map(delayBy);
const plan = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    fc.constant(drop),
    fc.integer({ min: 1, max: 3 }).map((times) => duplicate(times)),
    delay,
  ),
  { minLength: 20, maxLength: 60, size: "max" },
);

for (const direction of ["there", "back"] as const) {
  for (const flags of [["--in-flight", "1"], ["--in-flight", "16", "--rate", "2k"]]) {
    Deno.test(`timer ping ${flags.join(" ")} counts what any script does, ${direction}`, async () => {
      await fc.assert(
        fc.asyncProperty(plan, async (plan) => {
          // One clean answer at the end, so that the copies before it come in time.
          const count = plan.length + 1;
          const summary = await run(
            { [direction]: ({ index }: { readonly index: number }) => plan[index] },
            [...flags, "--count", `${count}`],
          );
          const of = (type: string) => plan.filter((action) => action?.type === type);
          const lost = of("drop").length;
          const copies = of("duplicate") as { readonly times: number }[];
          const duplicated = copies.reduce((sum, { times }) => sum + times, 0);
          const { reordered, ...counts } = countsOf(summary);
          assert.deepEqual(
            counts,
            { sent: count, answered: count - lost, lost, late: 0, duplicated, unexpected: 0 },
          );
          if (of("delay").length === 0 || flags[1] === "1") assert.equal(reordered, 0);
          assert.deepEqual([summary.missing, summary.response.count], [lost, count - lost]);
          assert.equal(summary.exitCode, lost + duplicated === 0 ? 0 : 3);
        }),
        { numRuns: IS_SLOW ? 3 : 25 },
      );
    });
  }

  Deno.test(`timer ping agrees with the oracle about sixteen at once, ${direction}`, async () => {
    const hold = fc.integer({ min: 0, max: 15 }).map(holdUntilIndex);
    // Exactly at the limit it is a matter of luck, so not there.
    const delayed = fc.integer({ min: 0, max: TIMEOUT_MS + 20 })
      .filter((ms) => ms !== TIMEOUT_MS - PATH_MS)
      .map(delayBy);
    const action = fc.oneof(
      fc.constant(undefined),
      fc.constant(drop),
      fc.record({ type: fc.constant("duplicate" as const), times: fc.nat(3), delayMs: fc.nat(9) }),
      delayed,
      hold,
      fc.constant(swapWithNext),
    );
    const plan = fc.array(action, { minLength: 16, maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(plan, async (plan) => {
        const kind = direction === "there" ? REQUEST : REPLY;
        // A frame that waits for one that does not come would be lost; it gets no action.
        const later = plan.map((each, index) => {
          if (each?.type !== "hold") return each;
          const until = each.untilIndex === "next" ? index + 1 : each.untilIndex;
          return until > index && until < plan.length ? each : undefined;
        });
        const summary = await run(
          { [direction]: ({ index }: { readonly index: number }) => later[index] },
          ["--count", "16", "--in-flight", "16"],
        );
        const sent = later.map((each) => ({ kind, action: each }));
        assert.deepEqual(countsOf(summary), oracle(expectedFrames(sent)));
      }),
      { numRuns: IS_SLOW ? 10 : 60 },
    );
  });
}

/** What sixteen requests that were sent at once come to when their answers come so. */
function oracle(frames: readonly ExpectedFrame[]): ReturnType<typeof countsOf> {
  const limitMs = TIMEOUT_MS - PATH_MS;
  const firsts = frames.filter((each) =>
    frames.find(({ number }) => number === each.number) === each
  );
  const isOpen = firsts.length < 16 || firsts.some(({ atMs }) => atMs > limitMs);
  const endMs = isOpen ? limitMs : Math.max(...firsts.map(({ atMs }) => atMs));
  const counts = { sent: 16, answered: 0, lost: 0, late: 0, duplicated: 0, reordered: 0 };
  const seen: number[] = [];
  for (const { number, atMs } of frames) {
    if (atMs > endMs) continue; // the run is over by then
    if (seen.includes(number)) counts.duplicated++;
    else {
      counts.answered++;
      if (seen.some((other) => other > number)) counts.reordered++;
    }
    seen.push(number);
  }
  return { ...counts, lost: 16 - counts.answered, unexpected: 0 };
}
