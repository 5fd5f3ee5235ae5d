/**
 * Files that are sent: offered, offered again after each interruption, and passed out to whoever
 * accepts. What the other side has is known from its answer alone.
 */
import type { Connection } from "../../transport/connection.ts";
import type { FileEvent } from "../chat_event.ts";
import type { FileDone, FileStop, Start } from "../file_messages.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import { type ExchangeParts, messageOf } from "./exchange_parts.ts";
import { lookAtFile } from "./look_at_file.ts";
import { isOver, OutgoingFile, type OutgoingTransfer } from "./outgoing_file.ts";
import { OutgoingList, transferOfStart, transferOfStop } from "./outgoing_list.ts";
import { OutgoingNotes } from "./outgoing_notes.ts";
import { reasonForOthers } from "./reason_for_others.ts";
import { ChangedError } from "./sending.ts";
import { startSending } from "./start_sending.ts";

/** First and longest wait before a file is offered again to somebody who is not there. */
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [1000, 30_000];
/** Times that a file is offered again to somebody who has never answered. */
const MAX_UNANSWERED = 8;

const { kinds } = chatService;

/** Files that are sent. */
export class OutgoingFiles {
  readonly #parts: ExchangeParts;
  readonly #notes: OutgoingNotes;
  readonly #files = new OutgoingList();
  readonly #running = new Set<Promise<void>>();
  readonly #settled: (() => void)[] = [];
  #connection: Connection<ChatKinds> | undefined;
  #isClosed = false;

  /** Takes up what an earlier process has noted. */
  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#notes = new OutgoingNotes(parts.notes);
    for (const { slot, file } of this.#notes.load()) {
      const sent = new OutgoingFile(parts.newNumber(), slot, file);
      for (const [chunk, mark] of this.#notes.marks(slot, file.key)) sent.marks.set(chunk, mark);
      const nicks = file.to.startsWith("@") ? [file.to.slice(1)] : file.nicks;
      for (const nick of nicks) this.#addTransfer(sent, nick, "waiting");
      this.#files.add(sent);
    }
  }

  /**
   * Offers a file, when it is noted: from its offer on it is not forgotten.
   *
   * @throws {Error} one line: it cannot be read or noted, or too many are sent
   */
  async send(path: string, to: string): Promise<number> {
    const { files, newNumber } = this.#parts;
    const file = await lookAtFile(files, path, to);
    const again = this.#files.failed(file.path, to, file.size, file.mtimeMs);
    const sent = again ?? new OutgoingFile(newNumber(), await this.#notes.add(file), file);
    this.#files.add(sent);
    if (again === undefined && to.startsWith("@")) this.#addTransfer(sent, to.slice(1), "offered");
    for (const transfer of sent.transfers) {
      if (transfer.state === "failed") transfer.state = "waiting";
    }
    this.#parts.emit(sent.event("offered", sent.transfers[0]));
    this.#offer(sent);
    return sent.number;
  }

  /** Offers everything that is open, on a connection that has its name and its rooms. */
  ready(connection: Connection<ChatKinds>): void {
    this.#connection = connection;
    for (const sent of this.#files) this.#offer(sent);
  }

  /** Offers at once what waits for somebody. */
  retry(): void {
    for (const { sent, transfer } of this.#files.transfers()) {
      if (transfer.state !== "waiting") continue;
      transfer.tries = 0;
      this.#offerTo(sent, transfer);
    }
  }

  /** Tells that a connection is over. */
  lost(connection: Connection<ChatKinds>): void {
    if (this.#connection === connection) this.#connection = undefined;
    for (const { sent, transfer } of this.#files.transfers()) {
      if (transfer.transfer === undefined) continue;
      this.#halt(sent, transfer, "waiting", "gone", "the line is lost");
    }
  }

  /** Takes a START. */
  started(connection: Connection<ChatKinds>, start: Start): void {
    const found = this.#files.find(({ transfer }) => transfer === start.transfer);
    if (found !== undefined) return found.transfer.sending?.pause(start.isPaused === true);
    const sent = this.#files.byKey(start.key);
    if (sent === undefined) {
      const stop = { code: "cancelled", message: "it is not offered any more" };
      connection.send(kinds.fileStop, { transfer: start.transfer, ...stop });
      return;
    }
    const transfer = transferOfStart(sent, start) ?? this.#addTransfer(sent, start.nick, "offered");
    this.#start(sent, transfer, connection, start);
  }

  /** Takes a FILE_DONE. */
  finished({ transfer: number, sha256 }: FileDone): void {
    const found = this.#files.find(({ transfer }) => transfer === number);
    if (found === undefined) return;
    const { sent, transfer } = found;
    transfer.bytes = sent.file.size;
    this.#halt(sent, transfer, "done");
    this.#parts.emit(sent.event("done", transfer, { sha256 }));
    this.#tidy(sent);
  }

  /** Takes a FILE_STOP. */
  stopped(stop: FileStop): void {
    const { transfer: number, key, nick, code, message } = stop;
    const found = this.#files.find(({ transfer }) => number !== 0 && transfer === number);
    const sent = found?.sent ?? this.#files.byKey(key);
    if (sent === undefined) return;
    const transfer = found?.transfer ?? transferOfStop(sent, stop);
    // Of an earlier connection of the receiver, which has begun on another one meanwhile.
    if (number !== 0 && found === undefined && transfer?.transfer !== undefined) return;
    if (transfer !== undefined) this.#stop(sent, transfer, code, message);
    else if (number === 0 && sent.isForRoom) this.#endOffer(sent, code, message);
    else if (nick !== undefined && sent.isForRoom) {
      // Somebody in the room who has not begun: does not want it, or may not have seen the offer.
      this.#stop(sent, this.#addTransfer(sent, nick, "offered"), code, message);
    }
  }

  /** Ends a file or one transfer of it for good. @returns false when it is none of these */
  cancel(number: number): boolean {
    const sent = [...this.#files].find((file) => file.number === number);
    const found = this.#files.find((transfer) => transfer.number === number);
    if (sent === undefined && found === undefined) return false;
    const stop = { code: "cancelled", message: "cancelled" };
    if (sent === undefined && found !== undefined) {
      const { transfer } = found.transfer;
      if (transfer !== undefined) this.#connection?.send(kinds.fileStop, { transfer, ...stop });
      this.#stop(found.sent, found.transfer, stop.code, stop.message);
    } else if (sent !== undefined) {
      const { key } = sent.file;
      this.#connection?.send(kinds.fileStop, { transfer: 0, key, ...stop });
      for (const transfer of sent.transfers) {
        if (!isOver(transfer.state)) this.#stop(sent, transfer, stop.code, stop.message);
      }
      if (sent.isForRoom) this.#endOffer(sent, stop.code, stop.message);
    }
    return true;
  }

  /** All that is not over. */
  list(): FileEvent[] {
    return this.#files.events();
  }

  /** Resolves when no file is on its way, or waits for somebody. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      this.#checkSettled();
    });
  }

  /** Stops everything; it goes on in another process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { transfer } of this.#files.transfers()) {
      transfer.timer?.cancel();
      transfer.sending?.stop();
    }
    await Promise.all(this.#running);
  }

  #addTransfer(
    sent: OutgoingFile,
    nick: string,
    state: OutgoingTransfer["state"],
  ): OutgoingTransfer {
    const number = sent.file.to.startsWith("@") ? sent.number : this.#parts.newNumber();
    return sent.add(number, nick, state);
  }

  #offer(sent: OutgoingFile): void {
    const { key, to, name, size } = sent.file;
    if (sent.isForRoom) this.#connection?.send(kinds.offer, { key, to, name, size });
    for (const transfer of sent.transfers) this.#offerTo(sent, transfer);
  }

  #offerTo(sent: OutgoingFile, transfer: OutgoingTransfer): void {
    const { state } = transfer;
    if (state !== "waiting" && state !== "offered" && state !== "failed") return;
    transfer.timer?.cancel();
    transfer.timer = undefined;
    if (this.#connection === undefined) return; // `ready` does it
    const { key, name, size } = sent.file;
    transfer.offers++;
    this.#connection.send(kinds.offer, { key, to: `@${transfer.nick}`, name, size });
  }

  /** Offers a file again to somebody who is not there, later and later. */
  #offerLater(sent: OutgoingFile, transfer: OutgoingTransfer): void {
    if (this.#isClosed || this.#connection === undefined) return; // `ready` does it
    const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** transfer.tries++);
    transfer.timer?.cancel();
    transfer.timer = this.#parts.clock.after(waitMs, () => this.#offerTo(sent, transfer));
  }

  #start(
    sent: OutgoingFile,
    transfer: OutgoingTransfer,
    connection: Connection<ChatKinds>,
    start: Start,
  ): void {
    transfer.sending?.stop();
    transfer.timer?.cancel();
    const { offset, author, nick } = start;
    Object.assign(transfer, { author, nick, state: "running", bytes: offset, tries: 0 });
    transfer.transfer = start.transfer;
    this.#noteNicks(sent);
    this.#parts.emit(sent.event("started", transfer, offset > 0 ? { resumedFrom: offset } : {}));
    const found = { sent, transfer };
    const sending = startSending(this.#parts, this.#notes, found, connection, start);
    transfer.sending = sending;
    // That it has sent all is no end: the receiver says whether it has it.
    const running: Promise<void> = sending.done.then(() => {}, (error) => {
      if (transfer.sending !== sending) return;
      const isChanged = error instanceof ChangedError;
      const code = isChanged ? "changed" : "failed";
      const message = isChanged
        ? "it has changed since it was offered"
        : reasonForOthers("it cannot be read there", error);
      connection.send(kinds.fileStop, { transfer: start.transfer, code, message });
      this.#stop(sent, transfer, code, messageOf(error));
    }).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** A transfer, or the offer to one person, does not go on as it is. */
  #stop(sent: OutgoingFile, transfer: OutgoingTransfer, code: string, message: string): void {
    if (isOver(transfer.state)) return;
    const hasBegun = transfer.author !== 0 || transfer.state === "waiting";
    const { tries, offers } = transfer;
    const wasThere = hasBegun || offers > 1;
    const mayComeBack = code === "gone" || wasThere && (code === "away" || code === "too-many");
    if (mayComeBack && (hasBegun || tries < MAX_UNANSWERED)) {
      const wasRunning = transfer.state === "running";
      const state = hasBegun ? "waiting" : "offered";
      this.#halt(sent, transfer, state, wasRunning ? code : undefined, message);
      return this.#offerLater(sent, transfer);
    }
    this.#halt(sent, transfer, code === "failed" ? "failed" : "over", code, message);
    this.#tidy(sent);
  }

  /** Ends what a transfer does now. @param code why, where people are to be told */
  #halt(
    sent: OutgoingFile,
    transfer: OutgoingTransfer,
    state: OutgoingTransfer["state"],
    code?: string,
    message?: string,
  ): void {
    const { sending } = transfer;
    Object.assign(transfer, { state, transfer: undefined, sending: undefined });
    transfer.timer?.cancel();
    sending?.stop();
    if (code !== undefined) this.#parts.emit(sent.event("stopped", transfer, { code, message }));
  }

  #endOffer(sent: OutgoingFile, code: string, message: string): void {
    sent.isForRoom = false;
    this.#parts.emit(sent.event("stopped", undefined, { code, message }));
    this.#tidy(sent);
  }

  /** Notes who is still to get it, or forgets it when nobody is. */
  #tidy(sent: OutgoingFile): void {
    if (sent.isOver) {
      this.#files.delete(sent);
      this.#notes.forget(sent.slot);
    } else this.#noteNicks(sent);
    this.#checkSettled();
  }

  #noteNicks(sent: OutgoingFile): void {
    const open = sent.transfers.filter(({ state, author }) => {
      return !isOver(state) && (author !== 0 || state === "waiting");
    });
    this.#notes.note(sent.slot, { ...sent.file, nicks: open.map(({ nick }) => nick) });
  }

  #checkSettled(): void {
    if (!this.#files.isSettled) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}
