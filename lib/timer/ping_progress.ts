/** The line that a terminal shows while `timer ping` runs. */
import type { Clock, Timer } from "../clock/clock.ts";
import { formatCount } from "../terminal/format_count.ts";
import { formatDurationMs } from "../terminal/format_duration_ms.ts";
import { formatNs } from "../terminal/format_ns.ts";
import { formatRate } from "../terminal/format_rate.ts";
import type { LiveLine } from "../terminal/live_line.ts";
import type { PingRun } from "./ping_run.ts";

/** How often the line changes, in milliseconds. Each change costs the run some 80 us. */
const EVERY_MS = 500;

/** Shows how `run` goes, what came since the line before; until it is disposed. */
export function showProgress(live: LiveLine, clock: Clock, run: PingRun): Disposable {
  let timer: Timer | undefined;
  let previous = { atNs: run.startNs, sent: 0 };
  const show = () => {
    const atNs = clock.monotonicNs();
    const sent = run.clients.reduce((sum, { book }) => sum + book.sent, 0);
    const lost = run.clients.reduce((sum, client) => sum + client.lost, 0);
    const { count, sumNs, maxNs } = run.measurement.takeInterval();
    const perSecond = (sent - previous.sent) / (atNs - previous.atNs) * 1e9;
    previous = { atNs, sent };
    live.update([
      formatDurationMs((atNs - run.startNs) / 1e6),
      `${formatCount(sent)} sent`,
      formatRate(Math.round(perSecond)),
      ...(count > 0 ? [`mean ${formatNs(sumNs / count)}`, `max ${formatNs(maxNs)}`] : []),
      ...(lost > 0 ? [`${formatCount(lost)} lost`] : []),
    ].join("  "));
    timer = clock.after(EVERY_MS, show);
  };
  if (live.isTerminal) timer = clock.after(EVERY_MS, show);
  return {
    [Symbol.dispose]() {
      timer?.cancel();
      live.done();
    },
  };
}
