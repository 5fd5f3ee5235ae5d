/**
 * Sends and receives files: the client's side. It lives as long as the client, through all its
 * connections; with the same notes and the same folder the next one goes on where it ended.
 */
import type { Clock } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import type { Handlers } from "../../transport/routes.ts";
import type { FileEvent } from "../chat_event.ts";
import { FILE_CHUNK_BYTES } from "../limits.ts";
import type { ChatKinds } from "../protocol.ts";
import type { ExchangeParts } from "./exchange_parts.ts";
import type { FileAccess } from "./file_access.ts";
import type { FileNotes } from "./file_notes.ts";
import { IncomingFiles, type IncomingOptions } from "./incoming_files.ts";
import { OutgoingFiles } from "./outgoing_files.ts";
import { receiverOf } from "./receiver_of.ts";

/** Options of a {@linkcode FileExchange}. */
export interface FileExchangeOptions extends IncomingOptions {
  readonly clock: Clock;
  readonly files: FileAccess;
  /** Where files that are being sent are noted: a `StateFile`, or `MemoryNotes`. */
  readonly notes: FileNotes;
  /** Told what happens. */
  readonly emit: (event: FileEvent) => void;
  /** Bytes that are hashed, journalled and sent again as one. @default {FILE_CHUNK_BYTES} */
  readonly chunkBytes?: number;
}

/** The kinds of frames that it handles. */
export type FileExchangeHandlers = Required<
  Pick<
    Handlers<ChatKinds>,
    "offered" | "start" | "fileData" | "fileEnd" | "fileDone" | "fileStop"
  >
>;

/** Sends and receives files. */
export class FileExchange implements AsyncDisposable {
  readonly #in: IncomingFiles;
  readonly #out: OutgoingFiles;
  readonly #close: () => Promise<void>;

  /** Takes up what an earlier process has noted; nothing moves before {@linkcode ready}. */
  constructor(options: FileExchangeOptions) {
    const { clock, files, notes, chunkBytes = FILE_CHUNK_BYTES } = options;
    let number = 0;
    let isClosed = false;
    const parts: ExchangeParts = {
      clock,
      files,
      notes,
      chunkBytes,
      receiver: receiverOf(notes),
      emit: (event) => isClosed || options.emit(event),
      newNumber: () => ++number,
    };
    this.#in = new IncomingFiles(parts, options);
    this.#out = new OutgoingFiles(parts);
    this.#close = async () => {
      isClosed = true;
      await Promise.all([this.#in.close(), this.#out.close()]);
    };
  }

  /** Handlers of one connection. That it is over is seen here. */
  handlersFor(connection: Connection<ChatKinds>): FileExchangeHandlers {
    connection.closed.then(() => {
      this.#in.lost(connection);
      this.#out.lost(connection);
    });
    return {
      offered: (offered) => this.#in.offered(connection, offered),
      start: (start) => this.#out.started(connection, start),
      fileData: (view) => this.#in.data(connection, view),
      fileEnd: (end) => this.#in.end(connection, end),
      fileDone: (done) => this.#out.finished(done),
      fileStop: (stop) => {
        if (!this.#in.stopped(connection, stop)) this.#out.stopped(stop);
      },
    };
  }

  /**
   * Offers what is open on a connection: when the client has its name (YOU) and has asked for its rooms
   * (JOIN).
   */
  ready(connection: Connection<ChatKinds>): void {
    this.#in.find();
    this.#out.ready(connection);
  }

  /**
   * Offers a file. One that has failed before, and is the same, goes on.
   *
   * @param to `@nick` or `#room`
   * @returns its number; in a room, each who accepts gets a number of its own
   * @throws {Error} one line: it cannot be read
   */
  send(path: string, to: string): Promise<number> {
    return this.#out.send(path, to);
  }

  /**
   * Accepts an offer.
   *
   * @param number without one, the oldest that waits
   * @returns the number
   * @throws {Error} one line: there is none
   */
  accept(number?: number): number {
    return this.#answer("accept", number);
  }

  /** Rejects an offer, as {@linkcode accept}. */
  reject(number?: number): number {
    return this.#answer("reject", number);
  }

  /** Ends a transfer of either direction for good. @throws {Error} one line: there is none */
  cancel(number: number): void {
    if (this.#in.cancel(number) || this.#out.cancel(number)) return;
    throw new Error(`Cannot cancel ${number}: no file has this number; see !files`);
  }

  /** All that is not over, as it stands. */
  list(): readonly FileEvent[] {
    return [...this.#in.list(), ...this.#out.list()].sort((a, b) => a.number - b.number);
  }

  /** Offers at once what waits for somebody to come back: for when somebody has come. */
  retry(): void {
    this.#out.retry();
  }

  /**
   * Resolves when all files that are sent are done, or have stopped for good. One for a room waits for
   * the first who wants it.
   */
  settled(): Promise<void> {
    return this.#out.settled();
  }

  /** Ends all transfers, tells nothing more, and lets go of all files. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }

  #answer(verb: "accept" | "reject", wanted: number | undefined): number {
    const number = wanted ?? this.#in.waiting;
    if (number === undefined) throw new Error(`Cannot ${verb}: no file is offered`);
    if (this.#in[verb](number)) return number;
    throw new Error(`Cannot ${verb} ${number}: no offer has this number; see !files`);
  }
}
