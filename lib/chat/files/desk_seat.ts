import type { Connection } from "../../transport/connection.ts";
import { LineErrorCode } from "../../transport/line_error.ts";
import type { Kind } from "../../transport/service.ts";
import type { ChatKinds } from "../protocol.ts";
import type { Member } from "../chat_host.ts";
import type { DeskTransfer } from "./desk_transfer.ts";
import type { PacedRelease } from "./paced_release.ts";

/** Numbers of transfers that have ended, so that frames which were on their way are known. */
const MAX_ENDED = 8192;

/** How much waits with its credit given back. */
export interface Backlog {
  bytes: number;
}

/** One connection of a member, as the desk sees it. */
export class DeskSeat {
  readonly member: Member;
  readonly connection: Connection<ChatKinds>;
  /** Transfers that it sends, or offers, by number. */
  readonly out: Map<number, DeskTransfer> = new Map();
  /** Transfers that it receives, or is offered, by number. */
  readonly in: Map<number, DeskTransfer> = new Map();
  /** Gives its credit back. */
  readonly credit: PacedRelease;
  /** What it has sent and waits with its credit given back, */
  readonly backlog: Backlog = { bytes: 0 };
  /** and the same of all. */
  readonly all: Backlog;
  /** Whether the connection is over for the desk. */
  isOver = false;
  readonly #ended = new Set<number>();
  /** Transfers to this seat with frames that found its lane full, in the order of their turns. */
  #waiting: DeskTransfer[] = [];
  #isWaiting = false;

  constructor(member: Member, credit: PacedRelease, all: Backlog) {
    this.member = member;
    this.connection = member.connection;
    this.credit = credit;
    this.all = all;
  }

  /** Whether it sends more than one file now, so that one must not hold up another. */
  get isSharing(): boolean {
    let running = 0;
    for (const { state } of this.out.values()) if (state === "running") running++;
    return running > 1;
  }

  /** Whether frames go into the lane at once: nothing waits before them. */
  get isFree(): boolean {
    return !this.#isWaiting;
  }

  /** Sends a small frame; whoever has left its lane full is cut, as with lines. */
  tell<Sent>(kind: Kind<unknown, Sent>, value: Sent): void {
    const { connection } = this;
    if (this.isOver || connection.send(kind, value) || !connection.isOpen) return;
    connection.abort(LineErrorCode.SlowReader, "Too slow: what there is to say finds no room");
  }

  /** Notes that a transfer of this seat has ended. */
  ended(number: number): void {
    this.out.delete(number);
    this.in.delete(number);
    this.#ended.add(number);
    if (this.#ended.size <= MAX_ENDED) return;
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest);
      break;
    }
  }

  /** Whether a frame of this transfer may be late, rather than made up. */
  mayBeLate(number: number): boolean {
    return this.isOver || this.#ended.has(number);
  }

  /** Moves the frames of `transfer` on when the lane has room: each transfer in its turn. */
  moveLater(transfer: DeskTransfer): void {
    if (!this.#waiting.includes(transfer)) this.#waiting.push(transfer);
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#move();
  }

  async #move(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (!await this.connection.writable("bulk")) this.#waiting = [];
      for (let isFull = false; !isFull;) {
        const transfer = this.#waiting.shift();
        if (transfer === undefined) break;
        isFull = !transfer.moveOne();
        if (transfer.hasQueue) this.#waiting.push(transfer);
      }
    }
    this.#isWaiting = false; // in the turn that found nothing more to move
  }
}
