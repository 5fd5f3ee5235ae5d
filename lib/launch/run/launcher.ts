import type { Timer } from "../../clock/clock.ts";
import type { RunContext } from "../../context.ts";
import { displayWidth } from "../../terminal/display_width.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import type { OutputMessage } from "../guard/messages.ts";
import type { RunFile } from "../guard/run_folder.ts";
import type { LogFolder } from "../launch_host.ts";
import { CopyOutput } from "./copy_output.ts";
import { failureText } from "./failure_text.ts";
import type { LaunchPlan } from "./launch_plan.ts";
import { Machines } from "./machines.ts";
import { dealCopies, isFar, type Place } from "./place.ts";
import { startOf, type WayTo } from "./start_of.ts";
import { Supervisor } from "./supervisor.ts";
import type {
  CopyState,
  LaunchResult,
  SupervisorAction,
  SupervisorEvent,
} from "./supervisor_types.ts";
import { type Tunnel, TUNNEL_HOST } from "./tunnel.ts";
import { waitForPort } from "./wait_for_port.ts";

/** How often to see what is due, in milliseconds. */
const TICK_MS = 100;

/** What a launcher is made of. */
export interface LauncherParts {
  readonly context: RunContext;
  readonly plan: LaunchPlan;
  readonly runId: string;
  /** Machines of each list that a role names; `undefined` is this machine. */
  readonly places: ReadonlyMap<string | undefined, readonly Place[]>;
  /** For the run's folder on a machine. */
  readonly filesOf: (place: Place) => readonly RunFile[];
  /** For all roles. */
  readonly env: Readonly<Record<string, string>>;
  readonly isJson: boolean;
  readonly logs: LogFolder | undefined;
  /** Ways from other machines to this one. @default {they dial} */
  readonly tunnel?: Tunnel | undefined;
}

/** A process of a copy. */
interface Run {
  readonly copy: CopyState;
  readonly place: Place;
  readonly output: CopyOutput;
  readonly over: AbortController;
}

/** Runs a plan: guards on all machines, the supervisor, and what comes out of them. */
export class Launcher {
  readonly #parts: LauncherParts;
  readonly #supervisor: Supervisor;
  readonly #places = new Map<string, Place>();
  readonly #machines: Machines;
  readonly #runs = new Map<number, Run>();
  readonly #over = Promise.withResolvers<LaunchResult>();
  #nextId = 1;
  #interrupts = 0;
  /** What was said last of a copy that has ended. */
  #said: { readonly copy: string; readonly text: string } | undefined;
  #timer: Timer | undefined;

  constructor(parts: LauncherParts) {
    this.#parts = parts;
    const { plan, places, context, runId, filesOf } = parts;
    this.#supervisor = new Supervisor(plan);
    for (const role of plan.roles) {
      const dealt = dealCopies(role.copies, places.get(role.machines) ?? []);
      for (const [at, copy] of this.#supervisor.copiesOf(role.name).entries()) {
        this.#places.set(copy.name, dealt[at] as Place);
      }
    }
    this.#machines = new Machines({
      ...{ context, runId, filesOf, places: [...new Set(this.#places.values())] },
      onOutput: (place, output) => this.#onOutput(place, output),
      onCopy: (place, event) => {
        const run = this.#runs.get(event.copy);
        if (run?.place !== place) return; // no machine speaks for another
        if (event.type === "exited") this.#endRun(event.copy, run);
        if (event.type === "failed") this.#endRun(event.copy, run);
        this.#tell({ ...event, copy: run.copy.name });
        if (event.type === "started") this.#probe(run);
      },
      onLost: (place, why, code) => {
        for (const [id, run] of this.#runs) {
          if (run.place !== place) continue;
          this.#endRun(id, run);
          this.#tell({ type: "lost", copy: run.copy.name, why, code });
        }
      },
    });
  }

  /** All copies as they are. */
  get copies(): readonly (CopyState & { readonly place: string })[] {
    return this.#supervisor.copies.map((copy) => ({
      ...copy,
      place: this.#places.get(copy.name)?.name ?? "",
    }));
  }

  /** Has everything end; again: at once; once more: without waiting for an answer. */
  interrupt(): void {
    this.#interrupts++;
    if (this.#interrupts === 1) this.#tell({ type: "interrupt" });
    else if (this.#interrupts === 2) this.#machines.end(0);
    else this.#machines.abandon();
  }

  /** Runs everything, until nothing is left. */
  async run(): Promise<LaunchResult> {
    const tick = () => {
      this.#tell({ type: "tick" });
      this.#timer = this.#parts.context.clock.after(TICK_MS, tick);
    };
    this.#tell({ type: "begin" });
    tick();
    const result = await this.#over.promise;
    this.#timer?.cancel();
    const left = await this.#machines.close();
    if (left.length === 0) return result;
    const failures = left.map((why) => ({ copy: "", code: 1, why, required: true }));
    return { code: Math.max(1, result.code), failures: [...result.failures, ...failures] };
  }

  #nowMs(): number {
    return this.#parts.context.clock.monotonicNs() / 1e6;
  }

  #tell(event: SupervisorEvent): void {
    if (event.type !== "tick" && event.type !== "begin") this.#report(event);
    for (const action of this.#supervisor.on(event, this.#nowMs())) this.#do(action);
  }

  #do(action: SupervisorAction): void {
    switch (action.type) {
      case "start":
        return this.#start(action.copy);
      case "stop": {
        for (const [id, { copy, place }] of this.#runs) {
          if (copy.name === action.copy) this.#machines.stop(place, id);
        }
        return;
      }
      case "restart":
      case "ending":
        return this.#report(action);
      case "over":
        return this.#over.resolve(action.result);
    }
  }

  #start(name: string): void {
    const copy = this.#supervisor.copy(name);
    const place = this.#places.get(name);
    if (copy === undefined || place === undefined) return;
    const { plan, context: { process: { stdout, stderr } }, isJson, logs, env } = this.#parts;
    const id = this.#nextId++;
    const run: Run = {
      ...{ copy, place, over: new AbortController() },
      output: new CopyOutput({
        ...{ name, role: copy.role, stdout, stderr, isJson },
        nameColumns: nameColumns(this.#supervisor.copies),
        keep: (bytes) => logs?.write(name, bytes),
        onLine: (stream, line) => this.#onLine(run, stream, line),
      }),
    };
    this.#runs.set(id, run);
    const wayTo = (other: string) => this.#wayTo(place, other);
    this.#machines.start(
      place,
      id,
      () => startOf({ copy, plan, place, supervisor: this.#supervisor, env, wayTo }),
    );
  }

  #wayTo(from: Place, copy: string): WayTo {
    const portHere = isFar(from) ? this.#parts.tunnel?.portOf(copy) : undefined;
    const address = this.#places.get(copy)?.address ?? "";
    if (portHere === undefined) return { host: address };
    return { host: TUNNEL_HOST, port: this.#machines.portThere(from, portHere) };
  }

  async #onOutput(from: Place, { copy, stream, bytes }: OutputMessage): Promise<void> {
    const { stdout } = this.#parts.context.process;
    const run = this.#runs.get(copy);
    if (run?.place === from) run.output.push(stream, bytes);
    await stdout.drained?.();
  }

  #onLine({ copy }: Run, stream: string, line: string): void {
    const { ready } = copy.role;
    if (copy.phase !== "starting" || !("pattern" in ready)) return;
    if (ready.type === "line" && stream !== "stdout") return;
    const match = ready.pattern.exec(line);
    if (match === null) return;
    this.#tell({ type: "ready", copy: copy.name, values: { ...match.groups } });
  }

  #probe({ copy, place, over }: Run): void {
    const { ready } = copy.role;
    if (ready.type !== "tcp") return;
    const { context } = this.#parts;
    // The address by which others reach this machine is not that of what listens for this one alone.
    const hosts = new Set([...isFar(place) ? [] : [TUNNEL_HOST], place.address]);
    const addresses = [...hosts].map((host) => ({ host, port: Number(ready.port) }));
    waitForPort(context, addresses, over.signal).then(
      () => this.#tell({ type: "ready", copy: copy.name, values: { port: ready.port } }),
      () => {}, // it has ended
    );
  }

  #endRun(id: number, run: Run): void {
    run.output.end();
    run.over.abort();
    this.#runs.delete(id);
  }

  /** Says what happens: as JSON, or as lines of the log. */
  #report(event: SupervisorEvent | SupervisorAction): void {
    const { isJson, context: { log, process: { stdout } } } = this.#parts;
    if (isJson) stdout.write(`${safeJson(event)}\n`);
    switch (event.type) {
      case "started":
        return log.debug(`${event.copy} has started, process ${event.pid}`);
      case "ready": {
        const { port } = event.values;
        if (port !== undefined) this.#parts.tunnel?.lead(event.copy, Number(port));
        const values = Object.entries(event.values).map(([name, value]) => ` ${name}=${value}`);
        return log.info(`${event.copy} is ready${safeText(values.join(""))}`);
      }
      case "exited": {
        const { copy, code, signal } = event;
        const text = `${copy} ended ${signal === null ? `with ${code}` : `by ${signal}`}`;
        this.#said = { copy, text };
        return log.info(text);
      }
      case "failed": {
        const { copy } = event;
        const text = failureText([copy], event.message);
        this.#said = { copy, text };
        return log.error(safeText(text));
      }
      case "lost": {
        const { copy, why } = event;
        this.#said = { copy, text: failureText([copy], `was lost: ${why}`) };
        return log.error(`${copy} is lost: ${safeText(why)}`);
      }
      case "restart": {
        const { copy, why, inMs } = event;
        return log.warn(`${copy} ${why}; it is started again in ${inMs / 1000} s`);
      }
      case "ending":
        if (event.why === undefined) return;
        // At the end, what went wrong is said once more.
        if (event.why === this.#said?.text) {
          return log.info(`everything is stopped, since ${this.#said.copy} is required`);
        }
        log.error(`everything is stopped: ${safeText(event.why)}`);
        return;
      case "interrupt":
        return log.info("everything is stopped; once more to do so at once");
    }
  }
}

/** Columns of the longest name that stands before lines. */
function nameColumns(copies: readonly CopyState[]): number {
  const shown = copies.filter(({ role }) => role.output === "prefixed");
  return Math.max(0, ...shown.map(({ name }) => displayWidth(name)));
}
