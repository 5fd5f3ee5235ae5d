import type { EngineStatus } from "./coordinator_types.ts";
import type { InputDesk } from "./input_desk.ts";
import type { JobRecord } from "./job_record.ts";
import type { RelayDesk } from "./relay_desk.ts";
import type { Scheduler } from "./scheduler.ts";
import type { WorkerLine } from "./worker_line.ts";

/** Who knows how far a job is. */
export interface StatusSources {
  readonly scheduler: Pick<Scheduler, "counts" | "isMapped">;
  readonly record: Pick<JobRecord, "inputBytes" | "earlierReduces" | "spilledBytes">;
  /** The workers that are here. */
  readonly lines: readonly WorkerLine[];
  readonly relays: Pick<RelayDesk, "relayedBytes">;
  readonly inputs: Pick<InputDesk, "sentBytes">;
}

/** How far a job is. */
export function engineStatus(
  { scheduler, record, lines, relays, inputs }: StatusSources,
): EngineStatus {
  const running = lines.flatMap(({ attempts }) => [...attempts.values()]);
  return {
    ...scheduler.counts(),
    inputBytes: record.inputBytes((task) => scheduler.isMapped(task)),
    earlierReduces: record.earlierReduces(),
    relayedBytes: relays.relayedBytes,
    sentInputBytes: inputs.sentBytes,
    spilledBytes: running.reduce(
      (sum, attempt) => sum + attempt.spilledBytes,
      record.spilledBytes(),
    ),
    workersNow: lines.map((line) => ({
      worker: line.id,
      label: line.label,
      slots: line.join?.slots ?? 0,
      isShunned: line.isShunned,
      attempts: [...line.attempts.values()],
    })),
  };
}
