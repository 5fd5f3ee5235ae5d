import type { FileEvent } from "../chat_event.ts";
import type { ChunkMark } from "./file_journal.ts";
import type { Sending } from "./sending.ts";
import type { Timer } from "../../clock/clock.ts";

/** A file that is offered, as it is noted. */
export interface SentFile {
  /** Made up for it: the receiver knows it by that after an interruption. */
  readonly key: string;
  readonly path: string;
  /** `@nick` or `#room`. */
  readonly to: string;
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Whoever has begun to receive it, and not ended. */
  readonly nicks: readonly string[];
}

/** A file on its way to one receiver. */
export interface OutgoingTransfer {
  readonly number: number;
  nick: string;
  /** 0: not known yet. */
  author: number;
  /** `offered`: never answered. `waiting`: for the receiver to come back. `over`: done, or for good. */
  state: "offered" | "running" | "waiting" | "failed" | "done" | "over";
  /** Number of the transfer of this connection. */
  transfer: number | undefined;
  sending: Sending | undefined;
  bytes: number;
  /** Times that it was offered. */
  offers: number;
  /** Times that it waited to be offered again, since it ran last. */
  tries: number;
  timer: Timer | undefined;
}

/** A file that is offered to one person or to a room. */
export class OutgoingFile {
  readonly number: number;
  readonly file: SentFile;
  /** Where it is noted. */
  readonly slot: number;
  /** Ends of chunks, by number of the chunk. */
  readonly marks: Map<number, ChunkMark> = new Map();
  readonly transfers: OutgoingTransfer[] = [];
  /** Whether the offer to the room stands. */
  isForRoom: boolean;

  constructor(number: number, slot: number, file: SentFile) {
    this.number = number;
    this.slot = slot;
    this.file = file;
    this.isForRoom = file.to.startsWith("#") && file.nicks.length === 0;
  }

  /** Whether nothing more becomes of it. */
  get isOver(): boolean {
    return !this.isForRoom && this.transfers.every(({ state }) => isOver(state));
  }

  /** Whether all that has begun is done; an offer to a room waits for the first who wants it. */
  get isSettled(): boolean {
    const { transfers, isForRoom } = this;
    return transfers.every(({ state }) => isOver(state) || state === "failed") &&
      !(isForRoom && transfers.every(({ author }) => author === 0));
  }

  /** Adds a transfer to one person. */
  add(number: number, nick: string, state: OutgoingTransfer["state"]): OutgoingTransfer {
    const idle = { transfer: undefined, sending: undefined, timer: undefined };
    const transfer = { number, nick, author: 0, state, bytes: 0, offers: 0, tries: 0, ...idle };
    this.transfers.push(transfer);
    return transfer;
  }

  /** What there is to say about it, or one transfer of it. */
  event(
    state: FileEvent["state"],
    transfer: OutgoingTransfer | undefined,
    more: Partial<FileEvent> = {},
  ): FileEvent {
    const { name, size, to, path } = this.file;
    const { number, nick: peer, bytes } = transfer ?? { ...this, nick: to, bytes: 0 };
    return { direction: "out", number, state, peer, name, size, bytes, path, ...more };
  }
}

/** Whether a transfer will not go on. */
export function isOver(state: OutgoingTransfer["state"]): boolean {
  return state === "done" || state === "over";
}
