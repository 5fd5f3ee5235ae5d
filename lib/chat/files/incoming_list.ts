import type { Connection } from "../../transport/connection.ts";
import type { FileEvent } from "../chat_event.ts";
import type { Offered } from "../file_messages.ts";
import type { ChatKinds } from "../protocol.ts";
import type { IncomingFile } from "./incoming_file.ts";

/** Offers that wait for the person at once; the oldest go whose senders are gone. */
const MAX_WAITING = 200;

const SHOWN: Readonly<Record<IncomingFile["state"], FileEvent["state"]>> = {
  offered: "offered",
  wanted: "stopped",
  running: "progress",
  over: "stopped",
};

/** Files that others offer or send, by number: all that are not over. */
export class IncomingList extends Map<number, IncomingFile> {
  /** Adds one that is offered. */
  offer(item: IncomingFile): void {
    this.set(item.number, item);
    if (this.size <= MAX_WAITING) return;
    for (const { number, state, live } of this.values()) {
      if (state !== "offered" || live !== undefined) continue;
      this.delete(number);
      return;
    }
  }

  /** The one that is offered again. */
  known(offered: Offered): IncomingFile | undefined {
    for (const item of this.values()) {
      const { key, author, size } = item;
      // The key alone proves nothing: each member of a room knows it.
      if (key === offered.key && author === offered.author && size === offered.size) return item;
    }
    return undefined;
  }

  /** The one that a frame of a connection is about. */
  live(connection: Connection<ChatKinds>, transfer: number): IncomingFile | undefined {
    for (const item of this.values()) {
      if (item.live?.transfer === transfer && item.live.connection === connection) return item;
    }
    return undefined;
  }

  /** The oldest offer that waits for the person. */
  get waiting(): number | undefined {
    for (const { number, state } of this.values()) if (state === "offered") return number;
    return undefined;
  }

  /** How they stand. */
  events(): FileEvent[] {
    return [...this.values()].map((item) => item.event(SHOWN[item.state]));
  }
}
