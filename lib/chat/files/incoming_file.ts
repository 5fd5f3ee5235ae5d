import type { Connection } from "../../transport/connection.ts";
import type { FileEvent } from "../chat_event.ts";
import type { Offered } from "../file_messages.ts";
import type { ChatKinds } from "../protocol.ts";
import type { Receiving } from "./receiving.ts";

/** A transfer as it stands with one connection. */
export interface LiveTransfer {
  readonly connection: Connection<ChatKinds>;
  readonly transfer: number;
  /** From when the answer is given. */
  receiving?: Receiving;
  /** Why it has ended. */
  stop?: { readonly code: string; readonly message: string };
}

/** A file that somebody offers, or has begun to send. */
export class IncomingFile {
  /**
   * `offered`: waits for the person. `wanted`: accepted, waits for the sender. `running`. `over`: for
   * good.
   */
  state: "offered" | "wanted" | "running" | "over" = "offered";
  live: LiveTransfer | undefined;
  /** Where what has come of it is, without its ending. */
  partPath: string | undefined;
  bytes = 0;
  /** What the last connection did with it: the next one waits for that. */
  busy: Promise<void> = Promise.resolve();
  nick: string;
  readonly number: number;
  readonly key: string;
  readonly author: number;
  readonly name: string;
  readonly size: number;

  constructor(number: number, offer: Pick<Offered, "key" | "author" | "nick" | "name" | "size">) {
    this.number = number;
    this.key = offer.key;
    this.author = offer.author;
    this.nick = offer.nick;
    this.name = offer.name;
    this.size = offer.size;
  }

  /** What there is to say about it. */
  event(state: FileEvent["state"], more: Partial<FileEvent> = {}): FileEvent {
    const { number, nick: peer, name, size, bytes } = this;
    return { direction: "in", number, state, peer, name, size, bytes, ...more };
  }
}
