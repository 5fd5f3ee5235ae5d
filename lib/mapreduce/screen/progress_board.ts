/** How far a job is, as lines for a terminal and as an event. */
import { formatBytes } from "../../terminal/format_bytes.ts";
import { formatCount } from "../../terminal/format_count.ts";
import { packLines } from "../../terminal/pack.ts";
import { formatProgress } from "../../terminal/progress.ts";
import { RateMeter } from "../../terminal/rate_meter.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { Style } from "../../terminal/style.ts";
import type { EngineStatus, WorkerStatus } from "../engine/coordinator_types.ts";
import type { AttemptStatus } from "../engine/worker_line.ts";

/** Workers that are shown one by one. */
const MAX_WORKERS = 8;

/** Width where nobody knows it. */
const DEFAULT_COLUMNS = 80;

type Kind = "map" | "reduce";

/** How fast one phase is. */
interface Phase {
  readonly startMs: number;
  readonly meter: RateMeter;
  /** When all of it was done, as far as things are. */
  endMs: number | undefined;
}

/** How far one phase is: bytes of inputs, or parts of the output. */
interface Measure {
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
  readonly ratePerSecond: number | undefined;
}

/** Remembers when the phases began, and how fast they are. What earlier runs did counts as done. */
export class ProgressBoard {
  readonly #startMs: number;
  readonly #phases: { map: Phase; reduce?: Phase };

  /** @param nowMs time of a clock that never goes back */
  constructor(nowMs: number) {
    this.#startMs = nowMs;
    this.#phases = { map: newPhase(nowMs) };
  }

  /** Lines for a terminal: the phases, figures, and what the workers do. */
  lines(status: EngineStatus, nowMs: number, columns = DEFAULT_COLUMNS, style: Style): string[] {
    const { map, reduce } = this.#measure(status, nowMs);
    const bar = (label: Kind, { done, total, elapsedMs, ratePerSecond }: Measure) =>
      formatProgress({
        ...{ label: label.padEnd(reduce === undefined ? 0 : "reduce".length), style },
        ...{ done, total, elapsedMs, ratePerSecond, columns: columns - 1 },
        unit: label === "map" ? "bytes" : "count",
      });
    const { workersNow } = status;
    const figures = { separator: ", ", indent: "  ", columns: columns - 1 };
    const lines = [
      bar("map", map),
      ...reduce === undefined ? [] : [bar("reduce", reduce)],
      ...packLines(figuresOf(status), figures),
      ...workersNow.slice(0, MAX_WORKERS).map(workerLine),
    ];
    const others = workersNow.length - MAX_WORKERS;
    if (others <= 0) return lines;
    return [...lines, `  and ${others === 1 ? "1 more worker" : `${others} more workers`}`];
  }

  /** The same as an event. */
  event(status: EngineStatus, nowMs: number): Readonly<Record<string, unknown>> {
    const { map, reduce } = this.#measure(status, nowMs);
    const { phase, inputBytes, workers, attempts, backups, refused } = status;
    const { done, total, ratePerSecond } = reduce ?? map;
    const left = ratePerSecond === undefined ? Infinity : (total - done) / ratePerSecond;
    return {
      type: "progress",
      phase,
      maps: { done: status.done.map, running: status.running.map, total: status.total.map },
      reduces: {
        ...{ done: status.done.reduce, running: status.running.reduce },
        total: status.total.reduce,
      },
      inputBytes: { done: map.done, total: map.total, earlier: inputBytes.earlier },
      ratePerSecond: ratePerSecond ?? null,
      leftMs: Number.isFinite(left) ? Math.ceil(left * 1000) : null,
      ...{ workers, attempts, backups, refused },
      relayedBytes: status.relayedBytes,
      sentInputBytes: status.sentInputBytes,
      spilledBytes: status.spilledBytes,
      elapsedMs: Math.round(nowMs - this.#startMs),
    };
  }

  /** `reduce` is absent while all is mapping. */
  #measure(
    status: EngineStatus,
    nowMs: number,
  ): { readonly map: Measure; readonly reduce?: Measure } {
    const { inputBytes: { total, earlier }, earlierReduces } = status;
    const map = measure(this.#phases.map, nowMs, {
      done: Math.min(total, mappedBytes(status)),
      ...{ total, earlier, isOver: status.phase !== "map" },
    });
    if (status.phase === "map") return { map };
    const reduce = measure(this.#phases.reduce ??= newPhase(nowMs), nowMs, {
      ...{ done: status.done.reduce, total: status.total.reduce, earlier: earlierReduces },
      isOver: status.phase === "over",
    });
    return { map, reduce };
  }
}

function newPhase(startMs: number): Phase {
  return { startMs, meter: new RateMeter({ startMs }), endMs: undefined };
}

function measure(
  phase: Phase,
  nowMs: number,
  { done, total, earlier, isOver }: {
    readonly done: number;
    readonly total: number;
    readonly earlier: number;
    readonly isOver: boolean;
  },
): Measure {
  const { meter, startMs } = phase;
  if (!isOver) phase.endMs = undefined;
  else phase.endMs ??= nowMs;
  if (phase.endMs === undefined) meter.update(done - earlier, nowMs);
  const elapsedMs = (phase.endMs ?? nowMs) - startMs;
  const isTimed = phase.endMs !== undefined && elapsedMs > 0;
  // The rate of what is over is the mean of it.
  const ratePerSecond = isTimed
    ? (done - earlier) / elapsedMs * 1000
    : meter.perSecond(phase.endMs ?? nowMs);
  return { done, total, elapsedMs, ratePerSecond };
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

function figuresOf(status: EngineStatus): string[] {
  const { done, total, workers, attempts, backups } = status;
  return [
    `map ${done.map}/${total.map}`,
    `reduce ${done.reduce}/${total.reduce}`,
    workers === 1 ? "1 worker" : `${workers} workers`,
    attempts === 1 ? "1 attempt" : `${formatCount(attempts)} attempts`,
    ...backups > 0 ? [`${backups} backup`] : [],
    ...bytesOf(status.spilledBytes, "spilled"),
    ...bytesOf(status.relayedBytes, "relayed"),
    ...bytesOf(status.sentInputBytes, "sent"),
  ];
}

function bytesOf(bytes: number, what: string): string[] {
  return bytes > 0 ? [`${formatBytes(bytes)} ${what}`] : [];
}

function workerLine({ label, isShunned, attempts }: WorkerStatus): string {
  const shown = attempts.map(attemptText);
  const doing = isShunned ? "gets nothing more" : shown.length === 0 ? "idle" : shown.join(" · ");
  return `  ${safeText(label)}: ${doing}`;
}

function attemptText(attempt: AttemptStatus): string {
  const { name: { kind, task }, bytes, records, spilledBytes, isBackup, status } = attempt;
  return [
    `${kind} ${task}${isBackup ? " (backup)" : ""}`,
    ...bytes > 0 ? [formatBytes(bytes)] : [],
    ...records > 0 ? [`${formatCount(records)} ${kind === "map" ? "records" : "lines"}`] : [],
    ...bytesOf(spilledBytes, "spilled"),
    ...status === "" ? [] : [safeText(status)],
  ].join(", ");
}
