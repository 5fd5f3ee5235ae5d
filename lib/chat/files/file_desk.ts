/**
 * Passes files on from one member to another: the server's side. It keeps nothing of them, and
 * nothing of who sends what to whom beyond the connections: after `gone`, the sender offers again.
 */
import type { Clock } from "../../clock/clock.ts";
import { HEAD_BYTES } from "../../transport/frame.ts";
import type { Connection } from "../../transport/connection.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import { LineError, LineErrorCode } from "../../transport/line_error.ts";
import type { Handlers } from "../../transport/routes.ts";
import type { Answer, FileDone, FileEnd, FileStop, Offer } from "../file_messages.ts";
import { MAX_ANNOUNCED } from "../limits.ts";
import { readFileDataHead } from "../line_codec.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { ChatHost, Member } from "../chat_host.ts";
import { type Backlog, DeskSeat } from "./desk_seat.ts";
import { DeskTransfer } from "./desk_transfer.ts";
import { PacedRelease } from "./paced_release.ts";

/** Files that a member may offer and send at once; one for a room counts once. */
const MAX_OFFERS = 20;
/** Offers of others that a member may have before it. */
const MAX_OFFERED = 100;
/** What a client may say with FILE_STOP; the other codes are the server's. */
const CLIENT_CODES: ReadonlySet<string> = new Set([
  "rejected",
  "cancelled",
  "changed",
  "failed",
  "mismatch",
]);

const { kinds } = chatService;

/** Options of a {@linkcode FileDesk}. */
export interface FileDeskOptions {
  readonly clock: Clock;
  /** Most bytes of a file; 0: none may be sent. */
  readonly maxFileBytes: number;
  /** Bytes per second that one member may send; 0: no limit. */
  readonly rateBytesPerSecond: number;
  /** Why a member may not send files now (suspended); `undefined`: it may. */
  readonly mayShare: (member: Member) => string | undefined;
}

/** The kinds of frames that it handles. */
export type FileDeskHandlers = Required<
  Pick<
    Handlers<ChatKinds>,
    "offer" | "answer" | "fileData" | "fileEnd" | "fileDone" | "fileStop"
  >
>;

/** Passes files on. */
export class FileDesk {
  readonly #host: ChatHost;
  readonly #options: FileDeskOptions;
  readonly #seats = new Map<Member, DeskSeat>();
  readonly #all: Backlog = { bytes: 0 };
  /** Goes through all numbers before one comes again. */
  #lastNumber = Math.floor(Math.random() * 2 ** 32);

  /** @param host knows who is there */
  constructor(host: ChatHost, options: FileDeskOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Transfers and offers that are open. */
  get open(): number {
    let open = 0;
    for (const { out } of this.#seats.values()) open += out.size;
    return open;
  }

  /** Handlers of a member's connection; what went through an earlier one of it stops with `gone`. */
  handlersFor(member: Member): FileDeskHandlers {
    this.left(member);
    const { clock, rateBytesPerSecond } = this.#options;
    const { connection } = member;
    const release = (bytes: number) => {
      if (connection.isOpen) connection.releaseBulk(bytes);
    };
    const seat = new DeskSeat(
      member,
      new PacedRelease(clock, rateBytesPerSecond, release),
      this.#all,
    );
    this.#seats.set(member, seat);
    return {
      offer: (offer) => this.#offer(seat, offer),
      answer: (answer) => this.#answer(seat, answer),
      fileData: (view) => this.#data(seat, view),
      fileEnd: (end) => this.#end(seat, end),
      fileDone: (done) => this.#done(seat, done),
      fileStop: (stop) => this.#stop(seat, stop),
    };
  }

  /**
   * Tells that a connection of a member is over: what went through it stops with `gone`.
   *
   * @param connection which one, where the member has another by now. @default {its present one}
   */
  left(member: Member, connection?: Connection<ChatKinds>): void {
    const seat = this.#seats.get(member);
    if (seat === undefined || (connection !== undefined && seat.connection !== connection)) return;
    this.#seats.delete(member);
    seat.isOver = true;
    seat.credit.stop();
    for (const transfer of [...seat.out.values()]) {
      this.#close(transfer, transfer.receiver, "gone", `${member.nick} is gone`);
    }
    for (const transfer of [...seat.in.values()]) {
      this.#close(transfer, transfer.sender, "gone", `${member.nick} is gone`);
    }
  }

  /** Ends all that a member offers and sends, because it may not any more. @param message why */
  withdraw(member: Member, message: string): void {
    for (const transfer of [...this.#seats.get(member)?.out.values() ?? []]) {
      this.#close(transfer, transfer.receiver, "cancelled", `${member.nick}: ${message}`);
      this.#tellStop(transfer, transfer.sender, "not-allowed", message);
    }
  }

  #offer(seat: DeskSeat, offer: Offer): void {
    const { key, to } = offer;
    const refuse = (code: string, message: string) => {
      const nick = to.startsWith("@") ? { nick: to.slice(1) } : {};
      seat.tell(kinds.fileStop, { transfer: 0, key, code, message, ...nick });
    };
    const why = this.#whyNot(seat, offer);
    if (why !== undefined) return refuse(...why);
    const receivers = this.#receiversOf(seat.member, to);
    if (typeof receivers === "string") return refuse("not-allowed", receivers);
    let isOffered = false;
    for (const member of receivers) {
      const receiver = member === seat.member ? undefined : this.#seats.get(member);
      if (receiver === undefined) continue;
      isOffered = true;
      const open = [...receiver.in.values()];
      // Who offers again does not know what is under way already.
      if (open.some((other) => other.sender === seat && other.offer.key === key)) continue;
      if (open.length >= MAX_OFFERED) {
        if (to.startsWith("@")) refuse("too-many", `${member.nick} has ${MAX_OFFERED} offers open`);
        continue;
      }
      const transfer = new DeskTransfer(this.#newNumber(), offer, seat, receiver);
      seat.out.set(transfer.number, transfer);
      receiver.in.set(transfer.number, transfer);
      const { author, nick } = seat.member;
      receiver.tell(kinds.offered, { ...offer, transfer: transfer.number, author, nick });
    }
    if (isOffered) return;
    const nobody = to.startsWith("@") ? `${to.slice(1)} is not here` : `nobody else is in ${to}`;
    refuse("away", `Cannot offer "${offer.name}": ${nobody}`);
  }

  #whyNot(seat: DeskSeat, { key, size, name }: Offer): [string, string] | undefined {
    const { maxFileBytes, mayShare } = this.#options;
    const cannot = `Cannot offer "${name}"`;
    if (maxFileBytes === 0) return ["not-allowed", `${cannot}: this server passes no files on`];
    if (size > maxFileBytes) {
      return ["too-large", `${cannot}: ${size} bytes, wanted at most ${maxFileBytes}`];
    }
    const forbidden = mayShare(seat.member);
    if (forbidden !== undefined) return ["not-allowed", forbidden];
    const keys = new Set([...seat.out.values()].map(({ offer }) => offer.key));
    if (keys.has(key) || keys.size < MAX_OFFERS) return undefined;
    return ["too-many", `${cannot}: ${MAX_OFFERS} files are offered or on their way already`];
  }

  /** Who an offer is for; a text says why it is for nobody. */
  #receiversOf(sender: Member, to: string): Iterable<Member> | string {
    if (to.startsWith("@")) {
      const member = this.#host.known(to.slice(1))?.member;
      if (member === sender) return "Cannot offer a file to oneself";
      return member === undefined ? [] : [member];
    }
    const room = to.normalize("NFKC").toLowerCase();
    if (!sender.rooms.has(room)) return `Cannot offer a file in ${to}: you are not in it`;
    const members = [...this.#host.membersOf(room)];
    return members.length <= MAX_ANNOUNCED
      ? members
      : `Cannot offer a file in ${to}: it has more than ${MAX_ANNOUNCED} members`;
  }

  #answer(seat: DeskSeat, answer: Answer): void {
    const transfer = this.#transferOf(seat, seat.in, answer.transfer);
    if (transfer === undefined) return;
    if (transfer.state !== "offered") throw forged(answer.transfer, "it has been answered");
    if (!answer.isAccepted) {
      return this.#close(transfer, transfer.sender, "rejected", answer.reason ?? "rejected");
    }
    const forbidden = this.#options.mayShare(transfer.sender.member);
    if (forbidden === undefined) {
      transfer.start(answer);
      for (const other of transfer.sender.out.values()) {
        if (other.state === "running") other.share();
      }
      return;
    }
    this.#close(transfer, transfer.sender, "not-allowed", forbidden);
    this.#tellStop(transfer, seat, "cancelled", "the sender may not send files now");
  }

  #data(seat: DeskSeat, view: FrameView): void {
    const transfer = this.#transferOf(seat, seat.out, readFileDataHead(view).transfer);
    if (transfer === undefined) seat.credit.give(HEAD_BYTES + view.length);
    else transfer.data(view);
  }

  #end(seat: DeskSeat, end: FileEnd): void {
    this.#transferOf(seat, seat.out, end.transfer)?.end(end);
  }

  #done(seat: DeskSeat, done: FileDone): void {
    const transfer = this.#transferOf(seat, seat.in, done.transfer);
    if (transfer === undefined) return;
    if (transfer.state === "offered") throw forged(done.transfer, "it has not begun");
    transfer.close();
    transfer.sender.tell(kinds.fileDone, done);
  }

  #stop(seat: DeskSeat, { transfer: number, key, code, message }: FileStop): void {
    if (!CLIENT_CODES.has(code)) throw forged(number, `"${code}" is for the server to say`);
    if (number === 0) {
      for (const transfer of [...seat.out.values()]) {
        if (transfer.offer.key === key) this.#close(transfer, transfer.receiver, code, message);
      }
      return;
    }
    const isSender = seat.out.has(number);
    const transfer = this.#transferOf(seat, isSender ? seat.out : seat.in, number);
    if (transfer === undefined) return;
    this.#close(transfer, isSender ? transfer.receiver : transfer.sender, code, message);
  }

  /** @returns `undefined` for one that has ended @throws {LineError} for one that was never its own */
  #transferOf(
    seat: DeskSeat,
    of: ReadonlyMap<number, DeskTransfer>,
    number: number,
  ): DeskTransfer | undefined {
    const transfer = of.get(number);
    if (transfer !== undefined || seat.mayBeLate(number)) return transfer;
    throw forged(number, "it is none of yours");
  }

  #close(transfer: DeskTransfer, tell: DeskSeat, code: string, message: string): void {
    transfer.close();
    this.#tellStop(transfer, tell, code, message);
  }

  #tellStop(transfer: DeskTransfer, seat: DeskSeat, code: string, message: string): void {
    const { number, offer: { key }, sender, receiver } = transfer;
    const { nick } = (seat === sender ? receiver : sender).member;
    seat.tell(kinds.fileStop, { transfer: number, key, code, message, nick });
  }

  /** Not 0, and hard to guess for nobody: what is not one's own is refused all the same. */
  #newNumber(): number {
    this.#lastNumber = (this.#lastNumber + 1 + Math.floor(Math.random() * 64)) % 2 ** 32;
    if (this.#lastNumber === 0) this.#lastNumber = 1;
    return this.#lastNumber;
  }
}

function forged(transfer: number, why: string): LineError {
  return new LineError(LineErrorCode.BadMessage, `Cannot use transfer ${transfer}: ${why}`);
}
