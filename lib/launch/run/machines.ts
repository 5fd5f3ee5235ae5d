import { ExitCode } from "../../config/exit_code.ts";
import type { RunContext } from "../../context.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { OutputMessage, StartMessage } from "../guard/messages.ts";
import type { RunFile } from "../guard/run_folder.ts";
import { type CopyEvent, GuardSession } from "./guard_session.ts";
import { LineSplitter } from "../line_splitter.ts";
import { isFar, type Place } from "./place.ts";
import { sweepHere } from "./sweep_here.ts";

/** How long guards have to end everything, beyond the grace of what they end, in milliseconds. */
const CLOSE_MS = 30_000;

/** A copy could not be started. */
interface NoStart {
  readonly type: "failed";
  readonly copy: number;
  readonly message: string;
  /** Exit code that stands for the reason. */
  readonly code: ExitCode;
}

/** What it takes to reach machines. */
export interface MachinesParts {
  readonly context: RunContext;
  readonly runId: string;
  /** For the run's folder there. */
  readonly filesOf: (place: Place) => readonly RunFile[];
  readonly places: readonly Place[];
  readonly onOutput: (place: Place, output: OutputMessage) => Promise<void>;
  readonly onCopy: (place: Place, event: CopyEvent | NoStart) => void;
  /** A machine can be used no more. @param code exit code that stands for the reason */
  readonly onLost: (place: Place, why: string, code: ExitCode) => void;
}

/** A machine and its guard. */
interface Machine {
  readonly place: Place;
  readonly session: GuardSession;
  /** When its guard is ready; never rejects. */
  readonly isReady: Promise<boolean>;
}

/** The guards of all machines: started at once, each on its own, so that none waits for another. */
export class Machines {
  readonly #parts: MachinesParts;
  readonly #machines: ReadonlyMap<Place, Machine>;
  /** Machines of which it was said that they can be used no more. */
  readonly #told = new Set<Place>();
  /** What is being ended elsewhere in place of a guard. */
  readonly #sweeps = new Map<Place, Promise<void> | undefined>();
  /** Copies that wait for their guard to be ready. */
  readonly #waiting = new Set<number>();
  #isClosing = false;

  constructor(parts: MachinesParts) {
    this.#parts = parts;
    this.#machines = new Map(parts.places.map((place) => [place, this.#open(place)]));
  }

  /**
   * Starts a copy as soon as the guard is ready.
   *
   * @param startOf says how, once it is; what it throws is why it cannot be started
   */
  start(place: Place, copy: number, startOf: () => Omit<StartMessage, "type" | "copy">): void {
    const machine = this.#machines.get(place);
    this.#waiting.add(copy);
    void machine?.isReady.then(async (isReady) => {
      if (!this.#waiting.delete(copy)) return; // it was stopped
      try {
        if (!isReady || machine.session.hasEnded) {
          return this.#parts.onCopy(place, { type: "failed", copy, ...await whyLost(machine) });
        }
        machine.session.startCopy({ copy, ...startOf() });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#parts.onCopy(place, { type: "failed", copy, message });
      }
    });
  }

  /** Port of a machine that ssh brings to a port here; `undefined`: none. */
  portThere(place: Place, portHere: number): number | undefined {
    return this.#machines.get(place)?.session.ports.get(portHere);
  }

  /** Has a copy end; one whose machine is still on its way is not started, and not waited for. */
  stop(place: Place, copy: number): void {
    if (!this.#waiting.delete(copy)) return this.#machines.get(place)?.session.stop(copy);
    const exited = { type: "exited", copy, code: 0, signal: "SIGTERM" } as const;
    queueMicrotask(() => this.#parts.onCopy(place, exited));
  }

  /** Has everything end everywhere; again: sooner. */
  end(graceMs?: number): void {
    for (const { session } of this.#machines.values()) session.end(graceMs);
  }

  /** Breaks the ways to all machines: what is there ends without being asked to. */
  abandon(): void {
    for (const { place, session } of this.#machines.values()) {
      session.kill();
      void place.link.close();
    }
  }

  /** Ends all guards. @returns what could not be ended, in words */
  async close(): Promise<readonly string[]> {
    this.#isClosing = true;
    const all = [...this.#machines.values()];
    const words = await Promise.all(all.map((machine) => this.#close(machine)));
    return words.flat();
  }

  #open(place: Place): Machine {
    const { context, runId, filesOf, onOutput, onCopy, onLost } = this.#parts;
    const words = new LineSplitter();
    const say = (lines: readonly string[]) => {
      for (const line of lines) {
        const text = safeText(line.replace(/^tram: /, ""));
        context.log.warn(place.name === "here" ? text : `${place.name}: ${text}`);
      }
    };
    const session = new GuardSession({
      ...{ link: place.link, clock: context.clock, runId, silenceMs: place.silenceMs },
      files: filesOf(place),
      onOutput: (output) => onOutput(place, output),
      onCopy: (event) => onCopy(place, event),
      onWords: (bytes) => say(words.push(bytes)),
    });
    const isReady = session.start().then(() => true, () => false);
    void session.ended.then(async ({ lost, code, isSilent }) => {
      say(words.end());
      if (lost === undefined) return;
      // Its guard may have been killed.
      const { machine } = session;
      if (isFar(place) && machine !== undefined && !isSilent) {
        this.#sweeps.set(place, place.link.sweep?.(machine.guardId));
      }
      // What it had started here is not to go on without it.
      if (!isFar(place)) await this.#sweep(session);
      if (this.#isClosing) return;
      this.#told.add(place);
      onLost(place, withName(place, lost), code);
    });
    return { place, session, isReady };
  }

  async #close({ place, session, isReady }: Machine): Promise<readonly string[]> {
    const { clock } = this.#parts.context;
    // Whoever is still on the way there is called back.
    const isOnTheWay = session.machine === undefined && !session.hasEnded;
    if (isOnTheWay) await place.link.close();
    await isReady;
    session.end();
    const timer = clock.after(CLOSE_MS, () => session.kill());
    const { left, lost } = await session.ended;
    timer.cancel();
    await this.#sweeps.get(place);
    await place.link.close();
    const killed = lost === undefined ? left : await this.#sweepLost(place, session);
    const where = place.name === "here" ? "" : ` on ${place.name}`;
    const words = killed.map((pid) => `process ${pid}${where} could not be ended`);
    // Nobody can say how what was there has ended.
    const isUnsaid = isFar(place) && session.machine !== undefined && !this.#told.has(place);
    if (lost !== undefined && isUnsaid) {
      words.push(`${place.name}: ${lost}; what is left ends itself`);
    }
    return words;
  }

  async #sweepLost(place: Place, session: GuardSession): Promise<readonly number[]> {
    return isFar(place) ? [] : await this.#sweep(session);
  }

  async #sweep({ machine }: GuardSession): Promise<readonly number[]> {
    if (machine === undefined) return [];
    const { context } = this.#parts;
    const host = await context.launchHost();
    const left = await sweepHere(host.room, context.clock, machine.guardId);
    await host.removeFolder(machine.folder);
    return left;
  }
}

/** Why nothing can be started on a machine whose guard has ended. */
async function whyLost({ place, session }: Machine): Promise<Pick<NoStart, "message" | "code">> {
  const { lost, code } = await session.ended;
  if (lost !== undefined) return { message: withName(place, lost), code };
  return {
    message: `Cannot start it: there is no way to ${place.name} any more`,
    code: isFar(place) ? ExitCode.Unreachable : ExitCode.Failed,
  };
}

/** `why`, which says of which machine. */
function withName({ name }: Place, why: string): string {
  return name === "here" || why.includes(name) ? why : `${name}: ${why}`;
}
