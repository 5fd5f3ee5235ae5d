import type { Connection } from "../../transport/connection.ts";
import { LineErrorCode } from "../../transport/line_error.ts";
import type { FrameBatch } from "../../transport/frame_batch.ts";
import type { Kind } from "../../transport/service.ts";
import { writeAck } from "../line_codec.ts";
import type { Notice } from "../messages.ts";
import { CHAT_BYTES, type ChatKinds, chatService } from "../protocol.ts";
import type { Identity } from "../store/chat_store.ts";
import type { Member } from "../chat_host.ts";
import type { Guest } from "./guest.ts";
import { Turns } from "./turns.ts";
import { Pace, type Paced, type PaceOptions } from "./pace.ts";

const { kinds } = chatService;

/** A session on one connection. Whoever does not take what is sent to it is cut. */
export class ChatMember implements Member, Paced {
  /** Why others hear that it has left, where it is not just lost. */
  partReason: string | undefined;
  /** It leaves by itself: it has read all that was sent to it. */
  hasSaidGoodbye = false;
  /** Highest sequence that came on this connection, or was taken before. */
  heard: number;
  /** It was told that the store takes nothing. */
  isStoreTold = false;
  /** Questions to the store that are not answered yet. */
  asking = 0;
  /** Turns of what was said earlier, as it is sent. */
  readonly turns = new Turns();

  /** Called when the server has cut it: it is as good as gone. */
  onCut: () => void = () => {};
  /** What it sends, no faster than it may. */
  readonly pace: Pace;

  /** @param awayMs for how long it could not send, in milliseconds */
  constructor(
    readonly connection: Connection<ChatKinds>,
    readonly guest: Guest,
    readonly sinceUs: number,
    pace: PaceOptions,
    awayMs: number,
  ) {
    this.heard = guest.taken;
    this.pace = new Pace(pace, this, awayMs);
  }

  get author(): number {
    return this.guest.author;
  }

  get nick(): string {
    return this.guest.nick;
  }

  get identity(): Identity {
    return this.guest.identity;
  }

  get rooms(): ReadonlySet<string> {
    return this.guest.rooms;
  }

  /** Whether it is the connection of its session, and can be sent to. */
  get isHere(): boolean {
    return this.connection.isOpen && this.guest.member === this;
  }

  /** Sends a frame. */
  send<Sent>(kind: Kind<unknown, Sent>, value: Sent): void {
    if (!this.connection.send(kind, value)) this.#tooSlow();
  }

  /** Sends frames that were encoded once. */
  sendBatch(batch: FrameBatch): void {
    if (!this.connection.sendBatch(batch)) this.#tooSlow();
  }

  /** Tells it something. */
  tell(notice: Notice): void {
    this.send(kinds.notice, notice);
  }

  /** Says once that the store takes nothing. */
  tellStoreFails(): void {
    if (this.isStoreTold) return;
    this.isStoreTold = true;
    const message = "The server cannot store lines now; what you say waits";
    this.tell({ code: "store-full", message });
  }

  onWaiting(): void {
    this.tell({ code: "pace", message: "Too fast: what you send waits until it may go on" });
  }

  onFlood(waiting: number): void {
    this.flood(waiting);
  }

  /** Says that all up to `sequence` is committed or refused. */
  acknowledge(sequence: number): void {
    const ack = this.connection.reserve(kinds.ack, CHAT_BYTES.ack);
    if (ack === undefined) return this.#tooSlow();
    writeAck(ack, sequence);
    ack.commit();
  }

  /** Ends its connection; others hear `reason`. */
  cut(code: LineErrorCode, message: string, reason: string = message): void {
    this.partReason ??= reason;
    this.connection.abort(code, message);
    this.onCut();
  }

  /** Ends its connection: it does not wait for acknowledgements. */
  flood(waiting: number, what = "lines"): void {
    const answer = what === "lines" ? "acknowledgement" : "answers";
    const message = `Too fast: sent ${waiting} ${what} without waiting for their ${answer}`;
    this.cut("chat.flood", message, "cut: it sends too much");
  }

  /** A lane that is full, of a connection that is open: the others must not wait for it. */
  #tooSlow(): void {
    if (!this.connection.isOpen) return;
    this.cut(
      LineErrorCode.SlowReader,
      "Too slow: 4 MiB wait to be read",
      "cut: it reads too slowly",
    );
  }
}
