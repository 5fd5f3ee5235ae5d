import type { RunContext } from "../../context.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { OutputMessage, StartMessage } from "../guard/messages.ts";
import type { RunFile } from "../guard/run_folder.ts";
import { type CopyEvent, GuardSession } from "./guard_session.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { Place } from "./place.ts";
import { sweepHere } from "./sweep_here.ts";

/** How long guards have to end everything, beyond the grace of what they end, in milliseconds. */
const CLOSE_MS = 30_000;

/** What it takes to reach machines. */
export interface MachinesParts {
  readonly context: RunContext;
  readonly runId: string;
  /** For the run's folder there. */
  readonly filesOf: (place: Place) => readonly RunFile[];
  readonly places: readonly Place[];
  readonly onOutput: (place: Place, output: OutputMessage) => Promise<void>;
  readonly onCopy: (place: Place, event: CopyEvent) => void;
  /** A machine can be used no more. */
  readonly onLost: (place: Place, why: string) => void;
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
  #isClosing = false;

  constructor(parts: MachinesParts) {
    this.#parts = parts;
    this.#machines = new Map(parts.places.map((place) => [place, this.#open(place)]));
  }

  /** Starts a copy as soon as the guard is ready. */
  start(place: Place, message: Omit<StartMessage, "type">): void {
    const machine = this.#machines.get(place);
    void machine?.isReady.then((isReady) => {
      if (isReady && !machine.session.hasEnded) return machine.session.startCopy(message);
      const { copy } = message;
      const why = `Cannot start it: there is no way to ${place.name} any more`;
      this.#parts.onCopy(place, { type: "failed", copy, message: why });
    });
  }

  /** Has a copy end. */
  stop(place: Place, copy: number): void {
    const machine = this.#machines.get(place);
    void machine?.isReady.then(() => machine.session.stop(copy));
  }

  /** Has everything end everywhere; again: sooner. */
  end(graceMs?: number): void {
    for (const { session } of this.#machines.values()) session.end(graceMs);
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
      ...{ link: place.link, clock: context.clock, runId, canVanish: place.canVanish },
      files: filesOf(place),
      onOutput: (output) => onOutput(place, output),
      onCopy: (event) => onCopy(place, event),
      onWords: (bytes) => say(words.push(bytes)),
    });
    const isReady = session.start().then(() => true, () => false);
    void session.ended.then(async ({ lost }) => {
      say(words.end());
      if (lost === undefined) return;
      // What it had started here is not to go on without it.
      if (!place.canVanish) await this.#sweep(session);
      if (this.#isClosing) return;
      const isNamed = place.name === "here" || lost.includes(place.name);
      onLost(place, isNamed ? lost : `${place.name}: ${lost}`);
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
    await place.link.close();
    const killed = lost === undefined ? left : await this.#sweepLost(place, session);
    const where = place.name === "here" ? "" : ` on ${place.name}`;
    return killed.map((pid) => `process ${pid}${where} could not be ended`);
  }

  async #sweepLost(place: Place, session: GuardSession): Promise<readonly number[]> {
    return place.canVanish ? [] : await this.#sweep(session);
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
