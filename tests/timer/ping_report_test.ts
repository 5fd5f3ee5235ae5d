import assert from "node:assert/strict";
import { PLAIN_STYLE } from "../../lib/terminal/style.ts";
import { prepareHistograms } from "../../lib/timer/histogram.ts";
import { Measurement } from "../../lib/timer/measurement.ts";
import { pingText } from "../../lib/timer/ping_report.ts";
import type { PingResult } from "../../lib/timer/ping_result.ts";
import { timerRoom } from "./timer_room.ts";

const MS = 1e6;

await prepareHistograms();

/** A run that did not reach its rate, and one answer of which was slow: by a stop, or by the path. */
function unreached(
  measurement: Measurement,
  { perSecond, isStopped = false }: { perSecond: number | undefined; isStopped?: boolean },
): PingResult {
  for (let at = 0; at < 100; at++) {
    if (at === 99 && !isStopped) {
      for (let ms = 100; ms < 1500; ms += 10) measurement.alive(ms * MS);
    }
    const plannedNs = at === 99 ? 1100 * MS : at * MS;
    const repliedNs = at === 99 ? 1500 * MS : plannedNs + MS;
    const gapNs = MS;
    const times = { plannedNs, writtenNs: plannedNs, roomNs: plannedNs, repliedNs, gapNs };
    measurement.record({ client: 0, sequence: at, ...times });
  }
  const none = { lost: 0, late: 0, unanswered: 0, unsent: 0 };
  return {
    settings: {
      ...{ server: "127.0.0.1:7000", ratePerSecond: 1000, clients: 1, inFlight: 1, sizeBytes: 16 },
      ...{ warmupNs: 0, timeoutMs: 5000 },
    },
    end: "done",
    reason: undefined,
    counts: { sent: 100, answered: 100, ...none, duplicated: 0, reordered: 0, unexpected: 0 },
    ...{ measured: 100, missing: 0, writtenMissing: 0, elapsedNs: 1500 * MS, perSecond },
    ...{ isRateReached: false, isClientLimited: false, measurement },
  };
}

const RATE = { perSecond: 66.4 };
const ADVICE = "; more --in-flight or --clients may help";

Deno.test("pingText() advises more requests at a time when the path is slow", () => {
  using measurement = new Measurement(0);
  const text = pingText(unreached(measurement, RATE), 200, PLAIN_STYLE);
  assert.match(text, /^blame the path/m);
  assert(text.includes(`rate not reached: 66.4/s of 1,000/s${ADVICE}\n`), text);
});

Deno.test("pingText() does not advise more requests at a time when a side stood still", () => {
  using measurement = new Measurement(0);
  const text = pingText(unreached(measurement, { ...RATE, isStopped: true }), 200, PLAIN_STYLE);
  assert.match(text, /^blame the client: .* \(once, for /m);
  assert(text.includes("rate not reached: 66.4/s of 1,000/s\n"), text);
});

Deno.test("pingText() shows no rate when there are too few requests to tell one", () => {
  using measurement = new Measurement(0);
  const text = pingText(unreached(measurement, { perSecond: undefined }), 200, PLAIN_STYLE);
  assert(text.includes("100 sent, 100 answered, 0 lost\n"), text);
  assert(text.includes("rate not reached: 100 sent instead of 1,000/s"), text);
});

Deno.test("timer ping of one request tells no rate", async () => {
  await using room = await timerRoom({ thereUs: 1000 });
  const { perSecond, measured, exitCode } = await room.summary("--count", "1");
  assert.deepEqual([perSecond, measured, exitCode], [null, 1, 0]);
  const { out } = await room.ended(room.ping(["--count", "1"]));
  assert.match(out, /^1 sent, 1 answered, 0 lost$/m);
});

Deno.test("timer ping says that its time was over before it sent anything, and ends with 3", async () => {
  await using room = await timerRoom({ thereUs: 1000 });
  // It passes between two answers, while the one of the warm-up is on its way.
  const flags = ["--duration", "1us", "--warmup", "1500us"];
  const { exitCode, out } = await room.ended(room.ping(flags));
  assert.match(out, /^nothing was measured: the time was over before a request could be sent$/m);
  assert.equal(exitCode, 3);
  const { measured, perSecond, ...summary } = await room.summary(...flags);
  assert.deepEqual([measured, perSecond, summary.exitCode], [0, null, 3]);
});
