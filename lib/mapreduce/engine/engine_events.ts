import type { AttemptName } from "./attempt_name.ts";
import type { EngineEvent } from "./coordinator_types.ts";
import type { WorkerLine } from "./worker_line.ts";

/** Tells whoever wants to see it what a coordinator does. */
export class EngineEvents {
  /** Tells of what has no worker. */
  readonly tell: (event: EngineEvent) => void;

  /** @param onEvent must not throw */
  constructor(onEvent: (event: EngineEvent) => void = () => {}) {
    this.tell = onEvent;
  }

  /** Tells of a worker. @param message why */
  worker(line: WorkerLine, change: "joined" | "left" | "shunned", message?: string): void {
    const { id: worker, label } = line;
    const slots = line.join?.slots ?? 0;
    this.tell({ type: "worker", change, worker, label, slots, ...(message && { message }) });
  }

  /** Tells of an attempt that begins. */
  started(line: WorkerLine, name: AttemptName, isBackup: boolean): void {
    const { id: worker, label } = line;
    this.tell({ type: "attempt", change: "started", name, worker, label, isBackup });
  }

  /** Tells of an attempt that is over. @param message why */
  ended(
    line: WorkerLine,
    change: "won" | "failed" | "cancelled",
    name: AttemptName,
    message?: string,
  ): void {
    const { id: worker, label } = line;
    this.tell({ type: "attempt", change, name, worker, label, ...(message && { message }) });
  }
}
