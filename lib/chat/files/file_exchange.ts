/** Sends and receives files: the client's side. */
import type { Clock } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import type { Handlers } from "../../transport/routes.ts";
import type { FileEvent } from "../client/chat_event.ts";
import type { ChatKinds } from "../protocol.ts";
import type { FileAccess } from "./file_access.ts";
import type { FileNotes } from "./file_notes.ts";

/** Options of a {@linkcode FileExchange}. */
export interface FileExchangeOptions {
  readonly clock: Clock;
  readonly files: FileAccess;
  /** Folder that received files go to. */
  readonly downloads: string;
  /** Where files that are being sent are noted: a `StateFile`, or `MemoryNotes`. */
  readonly notes: FileNotes;
  /** Told what happens. */
  readonly emit: (event: FileEvent) => void;
  /** Most bytes of a file that is received; larger ones are rejected. */
  readonly maxFileBytes: number;
  /** Accepts every offer. */
  readonly acceptAll: boolean;
  /** Bytes that are hashed, journalled and sent again as one. @default {FILE_CHUNK_BYTES} */
  readonly chunkBytes?: number;
}

/** The kinds of frames that it handles. */
export type FileExchangeHandlers = Pick<
  Handlers<ChatKinds>,
  "offered" | "start" | "fileData" | "fileEnd" | "fileDone" | "fileStop"
>;

/** Sends and receives files. */
export class FileExchange implements AsyncDisposable {
  constructor(_options: FileExchangeOptions) {}

  /** Handlers of one connection. */
  handlersFor(_connection: Connection<ChatKinds>): FileExchangeHandlers {
    throw new Error("not yet");
  }

  /** Tells that the client has its name on a connection (after YOU): what is open is offered again. */
  ready(_connection: Connection<ChatKinds>): void {}

  /** Offers a file to `@nick` or `#room`. @returns its number @throws {Error} one line: it cannot be read */
  send(_path: string, _to: string): Promise<number> {
    return Promise.reject(new Error("not yet"));
  }

  /** Accepts an offer; without a number, the oldest that waits. @throws {Error} one line: there is none */
  accept(_number?: number): void {}

  /** Rejects an offer; without a number, the oldest that waits. @throws {Error} one line: there is none */
  reject(_number?: number): void {}

  /** Ends a transfer of either direction for good. @throws {Error} one line: there is none */
  cancel(_number: number): void {}

  /** All that is not over, as it stands. */
  list(): readonly FileEvent[] {
    return [];
  }

  /** Offers at once what waits for somebody to come back: for when somebody has come. */
  retry(): void {}

  /** Resolves when all files that are sent are done, or have stopped for good. */
  settled(): Promise<void> {
    return Promise.resolve();
  }

  /** Ends all transfers; they go on with the next exchange that has the same notes and downloads. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
