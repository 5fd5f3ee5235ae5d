/**
 * A file on its way through the server. Frames go from the handler straight into the receiver's lane.
 * When it is full they wait here, and hold the sender's credit, so that it stops too.
 *
 * A sender of several files has one credit for all. So that one slow receiver does not use it up, the
 * sender is told to pause that transfer, and the credit of what waits is given back: its other
 * transfers go on. Who does not pause gets none back beyond {@linkcode MAX_QUEUE_BYTES}.
 */
import type { FrameView } from "../../transport/frame_view.ts";
import { HEAD_BYTES } from "../../transport/frame.ts";
import { LineError, LineErrorCode } from "../../transport/line_error.ts";
import type { Answer, FileEnd, Offer } from "../file_messages.ts";
import { readFileDataHead } from "../line_codec.ts";
import { CHAT_BYTES, chatService } from "../protocol.ts";
import type { DeskSeat } from "./desk_seat.ts";

/** A sender pauses above this, */
const PAUSE_BYTES = 64 * 1024;
/** and goes on below this. */
const RESUME_BYTES = 32 * 1024;
/**
 * Most bytes that wait with their credit given back. What a sender of ours has on its way when it is
 * told to pause (its lane and its credit) is less.
 */
const MAX_QUEUE_BYTES = 1024 * 1024;
/** Most bytes that wait so of all files of one sender, however many receivers take nothing, */
const MAX_SENDER_BYTES = 8 * 1024 * 1024;
/** and of all senders. Above, each has its credit and no more: who shares it may have to wait. */
const MAX_ALL_BYTES = 64 * 1024 * 1024;

const { kinds } = chatService;

/** A file on its way through the server. */
export class DeskTransfer {
  readonly number: number;
  readonly offer: Offer;
  readonly sender: DeskSeat;
  readonly receiver: DeskSeat;
  state: "offered" | "running" | "sent" | "over" = "offered";
  #answer: Answer | undefined;
  #next = 0;
  #queue: Uint8Array[] = [];
  #queueBytes = 0;
  /** Bytes of the queue whose credit is not given back yet. */
  #heldBytes = 0;
  /** Bytes of the queue whose credit was given back. */
  #givenBytes = 0;
  #isPaused = false;
  #end: FileEnd | undefined;

  constructor(number: number, offer: Offer, sender: DeskSeat, receiver: DeskSeat) {
    this.number = number;
    this.offer = offer;
    this.sender = sender;
    this.receiver = receiver;
  }

  /** Whether something waits for the receiver's lane. */
  get hasQueue(): boolean {
    return this.#queue.length > 0 || this.#end !== undefined;
  }

  /** Begins: tells the sender from where. */
  start(answer: Answer): void {
    if (answer.offset > this.offer.size) {
      throw refused(`offset ${answer.offset} in a file of ${this.offer.size} bytes`);
    }
    this.#answer = answer;
    this.#next = answer.offset;
    this.state = "running";
    this.#tellStart();
  }

  /** Passes a FILE_DATA on. @throws {LineError} `bad-message` when it is not what follows */
  data(view: FrameView): void {
    const { offset } = readFileDataHead(view);
    const end = offset + view.length - CHAT_BYTES.fileDataHead;
    if (this.state !== "running" || offset !== this.#next || end > this.offer.size) {
      throw refused(`bytes at ${offset}, wanted those at ${this.#next} of ${this.offer.size}`);
    }
    this.#next = end;
    const frameBytes = HEAD_BYTES + view.length;
    if (!this.hasQueue && this.receiver.isFree && this.#pass(view.subarray())) {
      return this.sender.credit.give(frameBytes);
    }
    this.#queue.push(view.copy());
    this.#queueBytes += frameBytes;
    this.#heldBytes += frameBytes;
    this.receiver.moveLater(this);
    if (this.sender.isSharing) this.share();
  }

  /** Lets the sender's other transfers go on, when this one goes slower than they may. */
  share(): void {
    if (this.#queueBytes <= PAUSE_BYTES) return;
    this.#pause(true);
    const { backlog, all } = this.sender;
    if (this.#queueBytes > MAX_QUEUE_BYTES) return;
    if (backlog.bytes > MAX_SENDER_BYTES || all.bytes > MAX_ALL_BYTES) return;
    this.#count(this.#heldBytes);
    this.#giveBack(this.#heldBytes);
  }

  /** Passes the FILE_END on, after all data. @throws {LineError} `bad-message` when data is missing */
  end(end: FileEnd): void {
    if (this.state !== "running" || end.size !== this.offer.size || this.#next !== end.size) {
      throw refused(`the end of ${end.size} bytes after ${this.#next} of ${this.offer.size}`);
    }
    this.state = "sent";
    this.#end = end;
    if (this.receiver.isFree && this.moveOne()) return;
    this.receiver.moveLater(this);
  }

  /** Moves the oldest frame into the receiver's lane. @returns false when that is full */
  moveOne(): boolean {
    const [first] = this.#queue;
    if (first === undefined) {
      if (this.#end === undefined) return true;
      if (!this.receiver.connection.send(kinds.fileEnd, this.#end)) return false;
      this.#end = undefined;
      return true;
    }
    if (!this.#pass(first)) return false;
    this.#queue.shift();
    const frameBytes = HEAD_BYTES + first.length;
    this.#queueBytes -= frameBytes;
    const heldBytes = Math.min(this.#heldBytes, frameBytes);
    this.#giveBack(heldBytes);
    this.#count(heldBytes - frameBytes);
    if (this.#queueBytes < RESUME_BYTES) this.#pause(false);
    return true;
  }

  /** Forgets what waits. */
  close(): void {
    this.state = "over";
    this.#queue = [];
    this.#queueBytes = 0;
    this.#end = undefined;
    this.#giveBack(this.#heldBytes);
    this.#count(-this.#givenBytes);
    this.sender.ended(this.number);
    this.receiver.ended(this.number);
  }

  #pass(payload: Uint8Array): boolean {
    const writer = this.receiver.connection.reserve(kinds.fileData, payload.length);
    writer?.set(payload);
    writer?.commit();
    return writer !== undefined;
  }

  #giveBack(bytes: number): void {
    this.#heldBytes -= bytes;
    if (bytes > 0) this.sender.credit.give(bytes);
  }

  #count(bytes: number): void {
    this.#givenBytes += bytes;
    this.sender.backlog.bytes += bytes;
    this.sender.all.bytes += bytes;
  }

  #pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused || this.state !== "running") return;
    this.#isPaused = isPaused;
    this.#tellStart();
  }

  #tellStart(): void {
    const { member: { author, nick } } = this.receiver;
    const { offset = 0, chunkSha256 } = this.#answer ?? {};
    const { number: transfer, offer: { key } } = this;
    const pause = this.#isPaused ? { isPaused: true } : {};
    this.sender.tell(kinds.start, { transfer, key, author, nick, offset, chunkSha256, ...pause });
  }
}

function refused(what: string): LineError {
  return new LineError(LineErrorCode.BadMessage, `Cannot pass on a file: ${what}`);
}
