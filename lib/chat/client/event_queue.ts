import type { ChatEvent } from "./chat_event.ts";
import type { SeenIds, SeenMark } from "./seen_ids.ts";

/** What an {@linkcode EventQueue} works with. */
export interface EventQueueOptions {
  readonly seen: SeenIds;
  /** Makes notes durable; missing where nothing is kept. */
  readonly sync: (() => Promise<void>) | undefined;
  readonly emit: (event: ChatEvent) => void;
  /** Told when notes cannot be kept; lines are shown all the same. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Events in their order. Lines wait until it is durable that they are about to be shown, those that
 * come meanwhile wait together; what is no line waits only behind lines.
 */
export class EventQueue {
  readonly #options: EventQueueOptions;
  #waiting: { readonly event: ChatEvent; readonly mark: SeenMark | undefined }[] = [];
  #running: Promise<void> | undefined;

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
        if (marks.length > 0) seen.shown();
      }
    } finally {
      this.#running = undefined;
    }
  }
}
