import type { ChatEvent } from "../chat_event.ts";
import type { SeenIds, SeenMark } from "./seen_ids.ts";

/** What an {@linkcode EventQueue} works with. */
export interface EventQueueOptions {
  readonly seen: SeenIds;
  /** Makes notes durable; missing where nothing is kept. */
  readonly sync: (() => Promise<void>) | undefined;
  readonly emit: (event: ChatEvent) => void;
  /** Resolves when all that was emitted is out of this process. @default {it always is} */
  readonly drained?: (() => Promise<void>) | undefined;
  /** Told when notes cannot be kept; lines are shown all the same. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Events in their order. Lines wait until it is durable that they are about to be shown, those that
 * come meanwhile wait together; what is no line waits only behind lines. Nothing waits until lines are
 * out of this process, but they count as shown from then on only.
 */
export class EventQueue {
  readonly #options: EventQueueOptions;
  #waiting: { readonly event: ChatEvent; readonly mark: SeenMark | undefined }[] = [];
  #running: Promise<void> | undefined;
  /** The newest lines that were emitted, by store and room. */
  #emitted = new Map<string, SeenMark>();
  #draining: Promise<void> | undefined;

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  /** @param mark of a line that counts as seen once it was shown */
  push(event: ChatEvent, mark?: SeenMark): void {
    if (this.#running === undefined && mark === undefined) return this.#options.emit(event);
    this.#waiting.push({ event, mark });
    // At the end of the turn: lines of one turn are one batch.
    this.#running ??= Promise.resolve().then(() => this.#run());
  }

  /** Resolves when everything so far has been shown. */
  async settled(): Promise<void> {
    await this.#running;
    await this.#draining;
  }

  async #run(): Promise<void> {
    const { seen, sync, emit, onTrouble } = this.#options;
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        const marks = batch.flatMap(({ mark }) => mark ?? []);
        if (marks.length > 0) {
          seen.showing(marks);
          await sync?.().catch(onTrouble);
        }
        for (const { event } of batch) emit(event);
        if (marks.length > 0) this.#drain(marks);
      }
    } finally {
      this.#running = undefined;
    }
  }

  #drain(marks: readonly SeenMark[]): void {
    const { seen, drained } = this.#options;
    if (drained === undefined) return seen.shown(marks);
    for (const mark of marks) this.#emitted.set(`${mark.storeId} ${mark.room}`, mark);
    this.#draining ??= this.#awaitOutput(drained).finally(() => this.#draining = undefined);
  }

  async #awaitOutput(drained: () => Promise<void>): Promise<void> {
    while (this.#emitted.size > 0) {
      const marks = [...this.#emitted.values()];
      this.#emitted.clear();
      const isOut = await drained().then(() => true, () => false);
      if (isOut) this.#options.seen.shown(marks);
    }
  }
}
