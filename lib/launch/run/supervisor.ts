/**
 * What starts when, what is started again, and when it is all over. Pure: it is told what happened and
 * when, and says what to do.
 *
 * ```text
 *  waiting → starting → ready → ended
 *     ↑         └────┬────┘
 *  back-off ←────────┘        stopping → ended
 * ```
 *
 * Everything is stopped in the reverse of the order in which it depends on each other, when the roles
 * that say so have ended, when a required role fails, or when the user says so.
 */
import type { ExitCode } from "../../config/exit_code.ts";
import { failureText } from "./failure_text.ts";
import { copyName, type LaunchPlan, type RolePlan } from "./launch_plan.ts";
import type {
  CopyState,
  LaunchFailure,
  LaunchResult,
  SupervisorAction,
  SupervisorEvent,
} from "./supervisor_types.ts";
import { worstCode } from "./worst_code.ts";

/** First and longest wait before something is started again, in milliseconds. */
const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 30_000;

/** What has run for so long was started well, in milliseconds. */
const SETTLED_MS = 60_000;

const INTERRUPTED: ExitCode = 130;
const FAILED: ExitCode = 1;

/** Ways to end of what was asked to: done, interrupted, by TERM. */
const ASKED_CODES: readonly number[] = [0, INTERRUPTED, 143];

/** What a launcher knows of its copies. */
export class Supervisor {
  readonly #plan: LaunchPlan;
  readonly #roles: ReadonlyMap<string, readonly CopyState[]>;
  readonly #failures: LaunchFailure[] = [];
  #isEnding = false;
  #isInterrupted = false;
  #isOver = false;

  constructor(plan: LaunchPlan) {
    this.#plan = plan;
    this.#roles = new Map(plan.roles.map((role) => [role.name, copiesOf(role)]));
  }

  /** All copies, in the order of the plan. */
  get copies(): readonly CopyState[] {
    return [...this.#roles.values()].flat();
  }

  /** A copy by its name. */
  copy(name: string): CopyState | undefined {
    return this.copies.find((copy) => copy.name === name);
  }

  /** Copies of a role. */
  copiesOf(role: string): readonly CopyState[] {
    return this.#roles.get(role) ?? [];
  }

  /** What to do now that this happened. */
  on(event: SupervisorEvent, nowMs: number): readonly SupervisorAction[] {
    if (this.#isOver) return [];
    const actions: SupervisorAction[] = [];
    const copy = "copy" in event ? this.copy(event.copy) : undefined;
    if (copy !== undefined) this.#onCopy(copy, event, nowMs, actions);
    if (event.type === "tick") this.#tick(nowMs, actions);
    if (event.type === "interrupt") {
      this.#isInterrupted = true;
      this.#endAll(undefined, actions);
    }
    this.#proceed(nowMs, actions);
    return actions;
  }

  #onCopy(
    copy: CopyState,
    event: SupervisorEvent,
    nowMs: number,
    actions: SupervisorAction[],
  ): void {
    switch (event.type) {
      case "started": {
        copy.pid = event.pid;
        const { ready } = copy.role;
        if (copy.phase !== "starting") return;
        if (ready.type === "started") return this.#ready(copy, {});
        copy.dueMs = nowMs + (ready.timeoutMs ?? Infinity);
        return;
      }
      case "ready":
        if (copy.phase === "starting") this.#ready(copy, event.values);
        return;
      case "failed":
        return this.#endCopy(copy, event.code ?? FAILED, event.message, actions);
      case "lost":
        return this.#endCopy(copy, event.code, `was lost: ${event.why}`, actions);
      case "exited":
        return this.#exited(copy, event, nowMs, actions);
    }
  }

  #ready(copy: CopyState, values: Readonly<Record<string, string>>): void {
    copy.phase = "ready";
    copy.hasBeenReady = true;
    copy.values = values;
    copy.dueMs = Infinity;
  }

  #exited(
    copy: CopyState,
    { code, signal }: { readonly code: number; readonly signal: string | null },
    nowMs: number,
    actions: SupervisorAction[],
  ): void {
    if (copy.phase === "ended") return;
    const { role, complaint } = copy;
    if (copy.phase === "stopping" && complaint === undefined) {
      const isAsked = signal !== null || ASKED_CODES.includes(code);
      const why = isAsked ? undefined : `ended with ${code} when it was stopped`;
      return this.#endCopy(copy, isAsked ? 0 : code, why, actions);
    }
    const isEarly = !copy.hasBeenReady && role.ready.type !== "exit";
    const isGood = code === 0 && complaint === undefined && !isEarly;
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    const why = isGood ? undefined : complaint ?? (isEarly ? `${how} before it was ready` : how);
    if (isGood && role.ready.type === "exit") copy.hasBeenReady = true;
    if (nowMs - copy.startedMs >= SETTLED_MS) copy.restarts = 0;
    const isAgain = role.restart === "always" || (role.restart === "on-failure" && !isGood);
    if (!isAgain || this.#isEnding || copy.restarts >= role.restartLimit) {
      const tries = isAgain && copy.restarts > 0 ? `, after ${copy.restarts} restarts` : "";
      // 0 too soon is no success, and a signal of ours is not what went wrong.
      const worst = isGood ? 0 : code === 0 || complaint !== undefined ? FAILED : code;
      return this.#endCopy(copy, worst, why && `${why}${tries}`, actions);
    }
    const inMs = Math.min(FIRST_BACK_OFF_MS * 2 ** copy.restarts, LONGEST_BACK_OFF_MS);
    copy.restarts++;
    Object.assign(copy, { phase: "back-off", dueMs: nowMs + inMs, complaint: undefined });
    actions.push({ type: "restart", copy: copy.name, inMs, why: why ?? how });
  }

  /** It has ended for good. @param why if not as it should */
  #endCopy(
    copy: CopyState,
    code: number,
    why: string | undefined,
    actions: SupervisorAction[],
  ): void {
    if (copy.phase === "ended") return;
    Object.assign(copy, { phase: "ended", code, dueMs: Infinity });
    if (why === undefined) return;
    const { name, required } = copy.role;
    this.#failures.push({ copy: copy.name, code, why, required });
    // Where the end is that all of these have ended, one that fails leaves the others alone.
    const endsAlone = this.#plan.end?.includes(name) === true;
    if (required && !endsAlone) this.#endAll(failureText([copy.name], why), actions);
  }

  #tick(nowMs: number, actions: SupervisorAction[]): void {
    for (const copy of this.copies) {
      if (nowMs < copy.dueMs) continue;
      copy.dueMs = Infinity;
      if (copy.phase === "back-off") this.#start(copy, nowMs, actions);
      else if (copy.phase === "starting") {
        const { ready } = copy.role;
        copy.complaint = lateness(ready);
        copy.phase = "stopping";
        actions.push({ type: "stop", copy: copy.name });
      }
    }
  }

  #start(copy: CopyState, nowMs: number, actions: SupervisorAction[]): void {
    Object.assign(copy, { phase: "starting", hasBeenReady: false, startedMs: nowMs });
    actions.push({ type: "start", copy: copy.name });
  }

  #endAll(why: string | undefined, actions: SupervisorAction[]): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    actions.push({ type: "ending", why });
    for (const copy of this.copies) {
      if (copy.phase === "waiting" || copy.phase === "back-off") copy.phase = "ended";
    }
  }

  /** Starts what may, stops what must, and says when it is over. */
  #proceed(nowMs: number, actions: SupervisorAction[]): void {
    for (const role of this.#isEnding ? [] : this.#plan.roles) {
      this.#startRole(role, nowMs, actions);
    }
    const last = this.#plan.end ?? this.#plan.roles.map(({ name }) => name);
    if (last.every((name) => this.#hasEnded(name))) this.#endAll(undefined, actions);
    if (!this.#isEnding) return;
    for (const { name } of this.#plan.roles) this.#stopRole(name, actions);
    if (!this.copies.every(({ phase }) => phase === "ended")) return;
    this.#isOver = true;
    actions.push({ type: "over", result: this.#result() });
  }

  #startRole(role: RolePlan, nowMs: number, actions: SupervisorAction[]): void {
    const waiting = this.copiesOf(role.name).filter(({ phase }) => phase === "waiting");
    if (waiting.length === 0) return;
    const dead = role.after.find((name) =>
      this.copiesOf(name).some(({ phase, hasBeenReady }) => phase === "ended" && !hasBeenReady)
    );
    if (dead !== undefined) {
      for (const copy of waiting) {
        this.#endCopy(copy, FAILED, `not started, because ${dead} is not ready`, actions);
      }
      return;
    }
    const mayStart = role.afterEnd.every((name) => this.#hasEnded(name)) &&
      role.after.every((name) => this.copiesOf(name).every(({ hasBeenReady }) => hasBeenReady));
    if (mayStart) { for (const copy of waiting) this.#start(copy, nowMs, actions); }
  }

  #stopRole(name: string, actions: SupervisorAction[]): void {
    const isNeeded = this.#plan.roles.some((other) =>
      [...other.after, ...other.afterEnd].includes(name) && !this.#hasEnded(other.name)
    );
    if (isNeeded) return;
    for (const copy of this.copiesOf(name)) {
      if (copy.phase !== "starting" && copy.phase !== "ready") continue;
      copy.phase = "stopping";
      actions.push({ type: "stop", copy: copy.name });
    }
  }

  #hasEnded(role: string): boolean {
    return this.copiesOf(role).every(({ phase }) => phase === "ended");
  }

  #result(): LaunchResult {
    const codes = this.#failures.flatMap(({ code, required }) => required ? [code] : []);
    const code = this.#isInterrupted ? INTERRUPTED : worstCode(codes);
    return { code, failures: this.#failures };
  }
}

/** What is said of a copy that was not ready in time, with what it should have done. */
function lateness(ready: RolePlan["ready"]): string {
  const limitMs = "timeoutMs" in ready ? ready.timeoutMs ?? 0 : 0;
  if (ready.type === "exit") return `did not end within ${limitMs / 1000} s`;
  const late = `was not ready within ${limitMs / 1000} s`;
  if (ready.type === "tcp") return `${late}: nothing took connections on port ${ready.port}`;
  if (!("pattern" in ready)) return late;
  const where = ready.type === "line" ? "its standard output" : "what it wrote";
  return `${late}: no line of ${where} matched ${ready.pattern}`;
}

function copiesOf(role: RolePlan): readonly CopyState[] {
  return Array.from({ length: role.copies }, (_, place) => ({
    ...{ name: copyName(role, place + 1), role, index: place + 1, phase: "waiting" },
    ...{ pid: undefined, restarts: 0, code: undefined, values: {}, hasBeenReady: false },
    ...{ startedMs: 0, dueMs: Infinity, complaint: undefined },
  }));
}
