// @ts-types="../../types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import type { FileNotes } from "./file_notes.ts";

/** Name of the note. */
const RECEIVER_NOTE = "receiver";

/**
 * Who receives, as journals say it: several clients may share a folder, and two that write to one file
 * spoil it. It lives as long as the notes.
 */
export function receiverOf(notes: FileNotes): string {
  const known = notes.notes.get(RECEIVER_NOTE);
  if (known !== undefined) return known;
  const receiver = encodeHex(crypto.getRandomValues(new Uint8Array(8)));
  notes.note(RECEIVER_NOTE, receiver);
  return receiver;
}
