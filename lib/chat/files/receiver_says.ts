/** What a receiver says to the sender of a file. */
import { chatService } from "../protocol.ts";
import type { LiveTransfer } from "./incoming_file.ts";

const { kinds } = chatService;

type To = Pick<LiveTransfer, "connection" | "transfer">;

/** It is not wanted. */
export function sayRejected({ connection, transfer }: To, reason: string): void {
  connection.send(kinds.answer, { transfer, isAccepted: false, offset: 0, reason });
}

/** It is here already: only the word of it was lost. */
export function sayDone({ connection, transfer }: To, size: number, sha256: string): void {
  connection.send(kinds.answer, { transfer, isAccepted: true, offset: size });
  connection.send(kinds.fileDone, { transfer, sha256 });
}

/** It goes no further. */
export function sayStop({ connection, transfer }: To, code: string, message: string): void {
  connection.send(kinds.fileStop, { transfer, code, message: message.slice(0, 1000) });
}
