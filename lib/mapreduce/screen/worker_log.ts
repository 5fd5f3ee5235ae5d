import type { Logger } from "../../log/log.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { LineError, LineErrorCode } from "../../transport/line_error.ts";
import { type Address, formatAddress } from "../../transport/network.ts";
import type { WorkerEnd, WorkerEvent } from "../engine/worker_types.ts";

/** What a worker says of itself. */
export interface WorkerLogParts {
  readonly coordinator: Address;
  /** Tasks at once. */
  readonly threads: number;
  /** Time that the coordinator has to come, or to come back, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a worker's person wants to know: that it has joined, lost its coordinator, has it again, is through. */
export class WorkerLog {
  readonly #log: Logger;
  readonly #parts: WorkerLogParts;
  readonly #where: string;
  #hasJoined = false;
  #isWaiting = false;
  #done = 0;

  constructor(log: Logger, parts: WorkerLogParts) {
    this.#log = log;
    this.#parts = parts;
    this.#where = `the coordinator at ${formatAddress(parts.coordinator)}`;
  }

  /** Something happened. */
  event(event: WorkerEvent): void {
    switch (event.type) {
      case "joined": {
        const { threads } = this.#parts;
        const tasks = threads === 1 ? "1 task" : `${threads} tasks`;
        this.#log.info(
          this.#hasJoined
            ? `joined ${this.#where} again`
            : `joined ${this.#where}, ${tasks} at once`,
        );
        this.#hasJoined = true;
        this.#isWaiting = false;
        return;
      }
      case "waiting": {
        if (this.#isWaiting) return;
        this.#isWaiting = true;
        const wait = `waiting up to ${this.#parts.timeoutMs / 1000} s for`;
        const what = this.#hasJoined ? `lost ${this.#where}, ${wait} it` : `${wait} ${this.#where}`;
        return this.#log.info(`${what}: ${this.#reason(event.message)}`);
      }
      case "done":
        this.#done++;
    }
  }

  /** It ends. @throws {LineError} when it has lost its coordinator */
  end({ outcome, message }: WorkerEnd): void {
    const did = this.#done === 1 ? "1 attempt" : `${this.#done} attempts`;
    if (outcome !== "lost") {
      const how = outcome === "over" ? "" : `: ${safeText(outcome)}`;
      return this.#log.info(`the job is over${how}; ${did} went through here`);
    }
    const why = message ? `: ${this.#reason(message)}` : "";
    const within = `within ${this.#parts.timeoutMs / 1000} s`;
    throw new LineError(
      LineErrorCode.Unreachable,
      `Cannot reach ${this.#where} ${within}${why}`,
    );
  }

  /** A reason, without the address, which stands before it. */
  #reason(message: string): string {
    return safeText(
      message.replace(`Cannot reach ${formatAddress(this.#parts.coordinator)}: `, ""),
    );
  }
}
