/** SAY, LINE, ACK and the head of FILE_DATA as bytes: see `protocol.ts` for the layouts. */
import type { FrameView } from "../transport/frame_view.ts";
import type { FrameWriter } from "../transport/frame_writer.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import { CHAT_BYTES } from "./protocol.ts";

const encoder = new TextEncoder();

/** What a client says. */
export interface Say {
  /** Number in its session. */
  readonly sequence: number;
  /** `#room`, `@nick`; empty in a relay. */
  readonly where: string;
  readonly text: string;
}

/** What a line is. */
export const LineFlag = {
  /** To the inbox of one session: `where` is `@` and the nick of the other side. */
  Private: 1,
  /** The receiver's own private line; `where` names whom it went to. */
  Sent: 2,
  /** Answers JOIN or HISTORY. */
  Replayed: 4,
} as const;

/** A line, as everybody gets it. */
export interface Line {
  /** Number in its room or inbox, from 1. */
  readonly id: number;
  /** When the server took it, in microseconds since 1970. */
  readonly timeUs: number;
  /** Who said it; 0: the server. */
  readonly author: number;
  /** Bits of {@linkcode LineFlag}. */
  readonly flags: number;
  /** `#room`, or `@nick` of the other side of a private line. */
  readonly where: string;
  /** Name of the author then. */
  readonly nick: string;
  readonly text: string;
}

/** A SAY, whole. */
export function encodeSay({ sequence, where, text }: Say): Uint8Array<ArrayBuffer> {
  return encode(CHAT_BYTES.sayHead - 1, (view) => view.setBigUint64(0, BigInt(sequence)), [
    where,
  ], text);
}

/** Reads a SAY. @throws {LineError} `bad-message` */
export function readSay(view: FrameView): Say {
  const sequence = view.getSafeInt64(0);
  if (sequence < 1) throw malformed("a line", `sequence ${sequence}`);
  const where = shortTextAt(view, 8);
  return { sequence, where: where.text, text: view.text(where.end) };
}

/** A LINE, whole. */
export function encodeLine(line: Line): Uint8Array<ArrayBuffer> {
  const fill = (view: DataView) => {
    view.setBigUint64(0, BigInt(line.id));
    view.setBigInt64(8, BigInt(line.timeUs));
    view.setUint32(16, line.author);
    view.setUint8(20, line.flags);
  };
  return encode(21, fill, [line.where, line.nick], line.text);
}

/** Reads a LINE. @throws {LineError} `bad-message` */
export function readLine(view: FrameView): Line {
  const where = shortTextAt(view, 21);
  const nick = shortTextAt(view, where.end);
  return {
    id: view.getSafeInt64(0),
    timeUs: view.getSafeInt64(8),
    author: view.getUint32(16),
    flags: view.getUint8(20),
    where: where.text,
    nick: nick.text,
    text: view.text(nick.end),
  };
}

/** Writes an ACK. */
export function writeAck(to: FrameWriter, sequence: number): void {
  to.setSafeInt64(0, sequence);
}

/** Reads an ACK. @throws {LineError} `bad-message` */
export function readAck(view: FrameView): number {
  const sequence = view.getSafeInt64(0);
  if (sequence < 0) throw malformed("an acknowledgement", `sequence ${sequence}`);
  return sequence;
}

/** Head of a FILE_DATA; the bytes begin after `CHAT_BYTES.fileDataHead`. */
export interface FileDataHead {
  readonly transfer: number;
  /** Where in the file its bytes belong. */
  readonly offset: number;
}

/** Writes the head of a FILE_DATA. */
export function writeFileDataHead(to: FrameWriter, { transfer, offset }: FileDataHead): void {
  to.setUint32(0, transfer);
  to.setSafeInt64(4, offset);
}

/** Reads the head of a FILE_DATA. @throws {LineError} `bad-message` */
export function readFileDataHead(view: FrameView): FileDataHead {
  const offset = view.getSafeInt64(4);
  if (offset < 0) throw malformed("file data", `offset ${offset}`);
  return { transfer: view.getUint32(0), offset };
}

function malformed(what: string, why: string): LineError {
  return new LineError(LineErrorCode.BadMessage, `Cannot read ${what}: ${why}`);
}

/** A head of fixed length, texts that begin with a byte for their length, and a last text. */
function encode(
  headBytes: number,
  fill: (view: DataView) => void,
  shortTexts: readonly string[],
  text: string,
): Uint8Array<ArrayBuffer> {
  const short = shortTexts.map((part) => encoder.encode(part));
  const last = encoder.encode(text);
  const shortBytes = short.reduce((sum, { length }) => sum + 1 + length, 0);
  const bytes = new Uint8Array(headBytes + shortBytes + last.length);
  fill(new DataView(bytes.buffer));
  let at = headBytes;
  for (const part of short) {
    if (part.length > 0xff) throw new RangeError(`Cannot encode a name of ${part.length} bytes`);
    bytes[at++] = part.length;
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(last, at);
  return bytes;
}

function shortTextAt(view: FrameView, at: number): { readonly text: string; readonly end: number } {
  const end = at + 1 + view.getUint8(at);
  return { text: view.text(at + 1, end), end };
}
