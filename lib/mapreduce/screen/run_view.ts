/** Shows a run: lines at the bottom of a terminal or events, and what it has done at the end. */
import type { Timer } from "../../clock/clock.ts";
import type { RunContext } from "../../context.ts";
import { eventLine, logServerEvent } from "../../log/server_log.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import { showEvery } from "../../terminal/show_every.ts";
import { styleFor } from "../../terminal/style.ts";
import type { ServerEvent } from "../../transport/listen.ts";
import type { EngineEvent, EngineStatus } from "../engine/coordinator_types.ts";
import type { JobPlan } from "../engine/job_plan.ts";
import type { JobResult } from "../engine/job_result.ts";
import { problemText } from "../input/problem_text.ts";
import type { JobDescription } from "../jobs/job_description.ts";
import type { RunFlags } from "../run_flags.ts";
import { ProgressBoard } from "./progress_board.ts";
import { resultText } from "./result_text.ts";
import { eventJson, planJson, summaryJson } from "./run_json.ts";
import type { TopCount } from "./top_counts.ts";

/** How often the lines at the bottom change, in milliseconds. */
const SHOW_MS = 200;

/** How often an event says how far it is, in milliseconds. */
const EVENT_MS = 1000;

/** What fails often fails for one reason. */
const FAILURE_RATE = { burst: 5, perSecond: 1 };

/** A whole room may come at once, and somebody may come and go without end. */
const COMING_AND_GOING = { burst: 100, perSecond: 20 };

/** Shows a run. */
export class RunView {
  /** Whether anything has been done that is worth going on with. */
  hasBegun = false;
  readonly #context: RunContext;
  readonly #flags: RunFlags;
  readonly #name: string;
  readonly #board: ProgressBoard;
  #plan: JobPlan | undefined;
  #status: () => EngineStatus | undefined = () => undefined;

  constructor(context: RunContext, flags: RunFlags, description: JobDescription) {
    this.#context = context;
    this.#flags = flags;
    this.#name = nameOf(description);
    this.#board = new ProgressBoard(this.#nowMs());
  }

  /** It is known what is to be done. */
  planned(plan: JobPlan): void {
    this.#plan = plan;
    this.#say(planJson(this.#name, this.#flags.output, plan));
  }

  /** Work begins. */
  begin(): void {
    this.hasBegun = true;
  }

  /** Something happened. @param isOpen whether workers come that were not started here */
  event(event: EngineEvent, isOpen = false): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    if (event.type === "attempt") this.begin();
    this.#say(eventJson(event, plan));
    const { log } = this.#context;
    switch (event.type) {
      case "worker": {
        const label = safeText(event.label);
        const why = event.message ? `: ${safeText(event.message)}` : "";
        if (event.change === "shunned") {
          return log.warn(`${label} gets nothing more: it failed at several tasks in a row`);
        }
        if (event.change === "refused") return log.warn(`refused ${label}${why}`);
        const level = isOpen ? "info" : "debug";
        const said = `${label} ${event.change}${why}`;
        return log.logLimited(level, `worker ${event.change}`, said, undefined, COMING_AND_GOING);
      }
      case "attempt": {
        const { name, label, change, message } = event;
        if (change !== "failed") return;
        const task = `${name.kind} ${name.task}`;
        return log.logLimited(
          "warn",
          "attempt failed",
          `${task} failed at ${safeText(label)}: ${safeText(message ?? "")}`,
          undefined,
          FAILURE_RATE,
        );
      }
      case "problem": {
        const { problem } = event;
        const input = plan.inputs[problem.input]?.name ?? "";
        return log.logLimited("warn", `problem ${problem.code}`, problemText(problem, input));
      }
      case "lost":
        return log.warn(`map ${event.task} is left out: ${safeText(event.message)}`);
    }
  }

  /** Somebody came or went. Only who is not let in is told: workers tell more of themselves. */
  serverEvent(event: ServerEvent): void {
    if (event.type !== "refused") return;
    const { log, process: { stdout } } = this.#context;
    if (this.#flags.json) stdout.write(`${eventLine(event, "json")}\n`);
    logServerEvent(log, event);
  }

  /** Shows how far it is until it is disposed. */
  watch(status: () => EngineStatus | undefined): Disposable {
    const { screen, clock, process: { stderr } } = this.#context;
    this.#status = status;
    const style = styleFor(stderr);
    const shown = showEvery(screen, clock, SHOW_MS, () => {
      const now = status();
      if (now === undefined) return [];
      return this.#board.lines(now, this.#nowMs(), stderr.columns, style);
    });
    let timer: Timer | undefined;
    const tell = () => {
      const now = status();
      if (now !== undefined) this.#say(this.#board.event(now, this.#nowMs()));
      timer = clock.after(EVENT_MS, tell);
    };
    if (this.#flags.json) timer = clock.after(EVENT_MS, tell);
    return {
      [Symbol.dispose]() {
        timer?.cancel();
        shown[Symbol.dispose]();
      },
    };
  }

  /** Says how it ended. */
  async finish(result: JobResult, top: readonly TopCount[] | undefined): Promise<void> {
    const plan = this.#plan;
    if (plan === undefined) throw new TypeError("Cannot finish a run without a plan");
    const { process: { stdout } } = this.#context;
    const { output, json } = this.#flags;
    const summary = { name: this.#name, output, plan, result, status: this.#status(), top };
    stdout.write(
      json
        ? `${safeJson(summaryJson(summary))}\n`
        : resultText(summary, stdout.columns, styleFor(stdout)),
    );
    await stdout.drained?.();
  }

  #say(event: Readonly<Record<string, unknown>>): void {
    if (this.#flags.json) this.#context.process.stdout.write(`${safeJson(event)}\n`);
  }

  #nowMs(): number {
    return this.#context.clock.monotonicNs() / 1e6;
  }
}

/** What a job is called. */
function nameOf(description: JobDescription): string {
  if (description.type === "user") return description.name;
  return description.type === "command" ? description.mapper : description.type;
}
