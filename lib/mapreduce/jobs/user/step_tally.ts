import { CountSet } from "../counts.ts";
import type { Skipped, StepReport, TaskSigns } from "../running_job.ts";
import type { DoneHead } from "./sandbox_frames.ts";

/** Items that are named; more are only counted. */
const MAX_NAMED = 100;

/** What a step of a user's job says of itself. */
export class StepTally {
  readonly #counts = new CountSet();
  readonly #skipped: Skipped[] = [];
  readonly #signs: TaskSigns;

  constructor(signs: TaskSigns) {
    this.#signs = signs;
  }

  /** Takes what a request said. */
  add({ counts, printed, printedLines }: DoneHead): void {
    this.#counts.addAll(counts);
    if (printedLines > 0) this.#counts.add("tram", "printed lines", printedLines);
    this.#signs.alive(printed.at(-1));
  }

  /** Something is left out. */
  skip(skipped: Skipped): void {
    const what = skipped.input === undefined ? "skipped groups" : "skipped records";
    this.#counts.add("tram", what, 1);
    if (this.#skipped.length < MAX_NAMED) this.#skipped.push(skipped);
  }

  /** A process has died. */
  died(message: string): void {
    this.#counts.add("tram", "sandboxes that died", 1);
    this.#signs.alive(`the job's process was ended: ${message}`);
  }

  /** All of it. */
  report(): StepReport {
    return { counts: this.#counts.toCounts(), skipped: this.#skipped };
  }
}
