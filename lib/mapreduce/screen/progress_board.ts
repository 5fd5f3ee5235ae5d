/** How far a job is, as lines for a terminal and as an event. */
import { formatBytes } from "../../terminal/format_bytes.ts";
import { formatCount } from "../../terminal/format_count.ts";
import { formatProgress } from "../../terminal/progress.ts";
import { RateMeter } from "../../terminal/rate_meter.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { Style } from "../../terminal/style.ts";
import type { EngineStatus, WorkerStatus } from "../engine/coordinator_types.ts";

/** Workers that are shown one by one. */
const MAX_WORKERS = 8;

/** Width where nobody knows it. */
const DEFAULT_COLUMNS = 80;

/** How fast one phase is. */
interface Phase {
  readonly startMs: number;
  readonly meter: RateMeter;
}

/** Remembers when the phases began, and how fast they are. */
export class ProgressBoard {
  readonly #startMs: number;
  readonly #map: Phase;
  #reduce: Phase | undefined;

  /** @param nowMs time of a clock that never goes back */
  constructor(nowMs: number) {
    this.#startMs = nowMs;
    this.#map = { startMs: nowMs, meter: new RateMeter({ startMs: nowMs }) };
  }

  /** Lines for a terminal: the phase that runs, tasks, and what the workers do. */
  lines(status: EngineStatus, nowMs: number, columns = DEFAULT_COLUMNS, style: Style): string[] {
    const { done, ratePerSecond, startMs, total } = this.#measure(status, nowMs);
    const isMap = status.phase === "map";
    const bar = formatProgress({
      label: isMap ? "map" : "reduce",
      ...{ done, total, ratePerSecond, columns: columns - 1, style },
      elapsedMs: nowMs - startMs,
      unit: isMap ? "bytes" : "count",
    });
    const { workersNow } = status;
    const lines = [bar, tasksLine(status), ...workersNow.slice(0, MAX_WORKERS).map(workerLine)];
    const others = workersNow.length - MAX_WORKERS;
    return others > 0 ? [...lines, `  and ${others} more workers`] : lines;
  }

  /** The same as an event. */
  event(status: EngineStatus, nowMs: number): Readonly<Record<string, unknown>> {
    const { done, ratePerSecond, total } = this.#measure(status, nowMs);
    const { phase, inputBytes, workers, attempts, backups, refused } = status;
    const left = ratePerSecond === undefined ? Infinity : (total - done) / ratePerSecond;
    return {
      type: "progress",
      phase,
      maps: { done: status.done.map, running: status.running.map, total: status.total.map },
      reduces: {
        ...{ done: status.done.reduce, running: status.running.reduce },
        total: status.total.reduce,
      },
      inputBytes: {
        done: Math.min(mappedBytes(status), inputBytes.total),
        total: inputBytes.total,
      },
      ratePerSecond: ratePerSecond ?? null,
      leftMs: Number.isFinite(left) ? Math.ceil(left * 1000) : null,
      ...{ workers, attempts, backups, refused },
      relayedBytes: status.relayedBytes,
      sentInputBytes: status.sentInputBytes,
      elapsedMs: Math.round(nowMs - this.#startMs),
    };
  }

  #measure(status: EngineStatus, nowMs: number) {
    const isMap = status.phase === "map";
    if (!isMap) this.#reduce ??= { startMs: nowMs, meter: new RateMeter({ startMs: nowMs }) };
    const { startMs, meter } = isMap ? this.#map : this.#reduce ?? this.#map;
    const total = isMap ? status.inputBytes.total : status.total.reduce;
    const done = isMap ? Math.min(total, mappedBytes(status)) : status.done.reduce;
    meter.update(done, nowMs);
    return { done, total, startMs, ratePerSecond: meter.perSecond(nowMs) };
  }
}

/** Bytes of tasks that are mapped, and of those that run: of several attempts, the one that is ahead. */
function mappedBytes({ inputBytes, workersNow }: EngineStatus): number {
  const running = new Map<number, number>();
  for (const { attempts } of workersNow) {
    for (const { name: { kind, task }, bytes } of attempts) {
      if (kind === "map") running.set(task, Math.max(running.get(task) ?? 0, bytes));
    }
  }
  return running.values().reduce((sum, bytes) => sum + bytes, inputBytes.done);
}

function tasksLine(
  { done, total, workers, attempts, backups, relayedBytes }: EngineStatus,
): string {
  return [
    `  map ${done.map}/${total.map}`,
    `reduce ${done.reduce}/${total.reduce}`,
    workers === 1 ? "1 worker" : `${workers} workers`,
    attempts === 1 ? "1 attempt" : `${formatCount(attempts)} attempts`,
    ...backups > 0 ? [`${backups} backup`] : [],
    ...relayedBytes > 0 ? [`${formatBytes(relayedBytes)} relayed`] : [],
  ].join(", ");
}

function workerLine({ label, isShunned, attempts }: WorkerStatus): string {
  const shown = attempts.map(({ name, bytes, records, isBackup, status }) => {
    const place = `${name.kind} ${name.task}${isBackup ? " (backup)" : ""}`;
    const amount = bytes > 0 ? ` ${formatBytes(bytes)}` : "";
    const count = records > 0 ? ` ${formatCount(records)}` : "";
    return `${place}${amount}${count}${status === "" ? "" : ` ${safeText(status)}`}`;
  });
  const doing = isShunned ? "gets nothing more" : shown.length === 0 ? "idle" : shown.join(" · ");
  return `  ${safeText(label)}: ${doing}`;
}
