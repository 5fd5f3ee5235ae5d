/**
 * When a guard sends which signal to whom. Pure: it is told what happened and when, and says what to do.
 *
 * A copy *runs* until it is stopped, its leader exits, or everything ends; then it is *leaving*: its
 * group gets TERM once, and KILL from the end of its grace on, until nothing is left of it. When all
 * copies are gone, what still carries the guard's mark is looked for and killed, until a second look in
 * a row finds nothing.
 */
import type { EndSignal } from "./process_room.ts";

/** Something that happened. */
export type GuardEvent =
  /** A copy was started; it leads the group `pid`. */
  | {
    readonly type: "started";
    readonly copy: number;
    readonly pid: number;
    readonly graceMs: number;
  }
  /** The leader of a copy exited. */
  | { readonly type: "exited"; readonly copy: number }
  /** A look found nothing left of a copy. */
  | { readonly type: "gone"; readonly copy: number }
  | { readonly type: "stop"; readonly copy: number }
  /** Everything ends; again: sooner. */
  | { readonly type: "end"; readonly graceMs?: number | undefined }
  /** Something came from the launcher. */
  | { readonly type: "heard" }
  | { readonly type: "tick" }
  /** A sweep found processes outside of the groups of copies. */
  | { readonly type: "swept"; readonly pids: readonly number[] };

/** A signal to the group of a copy whose leader may be there. */
interface SignalAction {
  readonly type: "signal";
  readonly pid: number;
  readonly signal: EndSignal;
}

/** Something to do. */
export type GuardAction =
  | SignalAction
  /**
   * See whether anything is left of a copy, and if not, say `gone`; else send it the signal. What is
   * left keeps the number of the group: nobody else has it.
   */
  | {
    readonly type: "look";
    readonly copy: number;
    readonly pid: number;
    readonly signal: EndSignal | undefined;
  }
  /** Find what carries the mark, but for these groups; send it the signal; say `swept`. */
  | {
    readonly type: "sweep";
    readonly except: readonly number[];
    readonly signal: EndSignal | undefined;
  }
  /** Nothing is left but these. */
  | { readonly type: "finish"; readonly left: readonly number[] };

/** How long to go on killing what does not go, in milliseconds. */
const GIVE_UP_MS = 10_000;

/** How often to look for leavers, and for a silent launcher, in milliseconds. */
const LOOK_MS = 100;
const IDLE_MS = 1000;

interface Copy {
  readonly pid: number;
  readonly graceMs: number;
  hasExited: boolean;
  /** `undefined` while it runs. */
  killAtMs: number | undefined;
}

/** What a guard knows. */
export class GuardPlan {
  readonly #silenceMs: number;
  readonly #copies = new Map<number, Copy>();
  #heardMs: number;
  /** From when on everything is killed; `undefined` before the end has begun. */
  #endMs: number | undefined;
  /** Longest grace of all copies so far: what they left behind has it, too. */
  #longestGraceMs = 0;
  #emptySweeps = 0;
  #left: readonly number[] = [];
  #isFinished = false;

  /** @param silenceMs of the launcher, after which everything ends; 0: never */
  constructor(silenceMs: number, nowMs: number) {
    this.#silenceMs = silenceMs;
    this.#heardMs = nowMs;
  }

  /** Whether everything ends. */
  get isEnding(): boolean {
    return this.#endMs !== undefined;
  }

  /** When the next `tick` is due at the latest, in milliseconds from now. */
  get tickMs(): number {
    const copies = [...this.#copies.values()];
    const isBusy = this.isEnding || copies.some(({ killAtMs }) => killAtMs !== undefined);
    return isBusy ? LOOK_MS : IDLE_MS;
  }

  /** What to do now that this happened. */
  on(event: GuardEvent, nowMs: number): readonly GuardAction[] {
    if (this.#isFinished) return [];
    switch (event.type) {
      case "started": {
        const { pid, graceMs } = event;
        const copy: Copy = { pid, graceMs, hasExited: false, killAtMs: undefined };
        this.#copies.set(event.copy, copy);
        this.#longestGraceMs = Math.max(this.#longestGraceMs, graceMs);
        return this.isEnding ? this.#leave(copy, nowMs) : [];
      }
      case "exited": {
        const copy = this.#copies.get(event.copy);
        if (copy === undefined) return [];
        copy.hasExited = true;
        // What it has started and left behind in its group goes with it.
        const [term] = this.#leave(copy, nowMs);
        return [{ type: "look", copy: event.copy, pid: copy.pid, signal: term?.signal }];
      }
      case "gone":
        if (this.#copies.get(event.copy)?.hasExited) this.#copies.delete(event.copy);
        return this.#sweepIfAlone(nowMs);
      case "stop": {
        const copy = this.#copies.get(event.copy);
        return copy === undefined ? [] : this.#leave(copy, nowMs);
      }
      case "end":
        return this.#end(event.graceMs, nowMs);
      case "heard":
        this.#heardMs = nowMs;
        return [];
      case "tick":
        return this.#tick(nowMs);
      case "swept":
        return this.#swept(event.pids, nowMs);
    }
  }

  /** TERM, once. */
  #leave(copy: Copy, nowMs: number): readonly SignalAction[] {
    if (copy.killAtMs !== undefined) return [];
    copy.killAtMs = Math.min(nowMs + copy.graceMs, this.#endMs ?? Infinity);
    return [{ type: "signal", pid: copy.pid, signal: "SIGTERM" }];
  }

  #end(graceMs: number | undefined, nowMs: number): readonly GuardAction[] {
    const isFirst = !this.isEnding;
    const copies = [...this.#copies.values()].reverse();
    const endMs = nowMs + Math.min(this.#longestGraceMs, graceMs ?? Infinity);
    this.#endMs = Math.min(endMs, this.#endMs ?? Infinity);
    const actions: GuardAction[] = copies.flatMap((copy) => this.#leave(copy, nowMs));
    for (const copy of copies) copy.killAtMs = Math.min(copy.killAtMs ?? nowMs, this.#endMs);
    // Those that went into sessions of their own are asked as well.
    const except = copies.map(({ pid }) => pid);
    if (isFirst) actions.push({ type: "sweep", except, signal: "SIGTERM" });
    return [...actions, ...this.#tick(nowMs)];
  }

  #tick(nowMs: number): readonly GuardAction[] {
    const isSilent = this.#silenceMs > 0 && nowMs - this.#heardMs >= this.#silenceMs;
    if (isSilent && !this.isEnding) return this.#end(undefined, nowMs);
    const actions: GuardAction[] = [];
    for (const [copy, { pid, killAtMs = Infinity }] of this.#copies) {
      if (killAtMs === Infinity) continue;
      const signal = nowMs >= killAtMs ? "SIGKILL" : undefined;
      actions.push({ type: "look", copy, pid, signal });
    }
    if (this.#endMs !== undefined && nowMs >= this.#endMs + GIVE_UP_MS) {
      const groups = [...this.#copies.values()].map(({ pid }) => pid);
      return this.#finish([...groups, ...this.#left]);
    }
    return actions.length > 0 ? actions : this.#sweepIfAlone(nowMs);
  }

  #sweepIfAlone(nowMs: number): readonly GuardAction[] {
    if (this.#endMs === undefined || this.#copies.size > 0) return [];
    const signal = nowMs >= this.#endMs ? "SIGKILL" : undefined;
    return [{ type: "sweep", except: [], signal }];
  }

  #swept(pids: readonly number[], nowMs: number): readonly GuardAction[] {
    this.#left = pids;
    if (pids.length > 0 || this.#copies.size > 0) {
      this.#emptySweeps = 0;
      return [];
    }
    return ++this.#emptySweeps < 2 ? this.#sweepIfAlone(nowMs) : this.#finish([]);
  }

  #finish(left: readonly number[]): readonly GuardAction[] {
    this.#isFinished = true;
    return [{ type: "finish", left }];
  }
}
