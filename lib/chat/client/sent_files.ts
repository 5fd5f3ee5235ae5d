import type { FileEvent } from "./chat_event.ts";

/** Files that were sent: whether each has got to somebody. */
export class SentFiles {
  /** The newest event of each transfer, and of each offer to a room. */
  readonly #newest = new Map<number, FileEvent>();

  /** To be told of every event of a file. */
  onEvent(event: FileEvent): void {
    if (event.direction === "out") this.#newest.set(event.number, event);
  }

  /** Transfers that have stopped. One offered to a room is not lost while somebody there has it. */
  get lost(): number {
    const events = [...this.#newest.values()];
    const ofRooms = new Set(
      events.filter(({ peer }) => peer.startsWith("#")).map(({ path }) => path),
    );
    const there = new Set(events.filter(({ state }) => state === "done").map(({ path }) => path));
    return events.filter(({ state, path }) =>
      state === "stopped" && !(ofRooms.has(path) && there.has(path))
    ).length;
  }
}
