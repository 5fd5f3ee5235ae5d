import type { Connection } from "../../transport/connection.ts";
import type { Start } from "../file_messages.ts";
import type { ChatKinds } from "../protocol.ts";
import type { ExchangeParts } from "./exchange_parts.ts";
import type { OutgoingFile, OutgoingTransfer } from "./outgoing_file.ts";
import type { OutgoingNotes } from "./outgoing_notes.ts";
import { ProgressPace } from "./progress_pace.ts";
import { Sending } from "./sending.ts";

/** Sends a file as START says; tells how far it is, and notes what it needs to go on another time. */
export function startSending(
  { emit, files, chunkBytes, clock }: ExchangeParts,
  notes: OutgoingNotes,
  { sent, transfer }: { readonly sent: OutgoingFile; readonly transfer: OutgoingTransfer },
  connection: Connection<ChatKinds>,
  start: Start,
): Sending {
  const { file, marks, slot } = sent;
  const pace = new ProgressPace(clock.monotonicNs());
  return new Sending({
    files,
    file,
    connection,
    start,
    chunkBytes,
    marks,
    onMark: (chunk, mark) => {
      if (marks.has(chunk)) return;
      marks.set(chunk, mark);
      notes.noteMark(slot, file.key, chunk, mark);
    },
    onAgain: (bytes) => {
      const message = `reads ${bytes} bytes again, for the hash of the whole file`;
      emit(sent.event("progress", transfer, { message }));
    },
    onBytes: (bytes) => {
      transfer.bytes = bytes;
      if (pace.isDue(clock.monotonicNs())) emit(sent.event("progress", transfer));
    },
  });
}
