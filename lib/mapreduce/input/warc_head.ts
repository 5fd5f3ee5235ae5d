/** The head of a WARC record: as much of it as reading needs. Source: ISO 28500, section 4. */
import { fieldLines } from "./warc_fields.ts";

/** Most bytes of a head. */
export const MAX_HEAD_BYTES = 64 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const MAGIC = [0x57, 0x41, 0x52, 0x43, 0x2f]; // "WARC/"

/** How many bytes {@linkcode startsRecord} wants to see. */
export const MAGIC_BYTES = MAGIC.length;

/** Whether `WARC/` stands at `at`, or as much of it as there are bytes. */
export function startsRecord(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < MAGIC_BYTES && at + i < bytes.length; i++) {
    if (bytes[at + i] !== MAGIC[i]) return false;
  }
  return true;
}

/** Where the head that begins at `at` ends, behind its empty line; -1: further on than `bytes` go. */
export function headEnd(bytes: Uint8Array, at: number): number {
  for (let lf = bytes.indexOf(LF, at); lf >= 0; lf = bytes.indexOf(LF, lf + 1)) {
    if (bytes[lf + 1] === LF) return lf + 2;
    if (bytes[lf + 1] === CR && bytes[lf + 2] === LF) return lf + 3;
  }
  return -1;
}

/** What a head says. */
export interface WarcHead {
  /** WARC-Type in lower case. */
  readonly type: string;
  /** Content-Length. */
  readonly bodyBytes: number;
}

/** Why a head cannot be used. */
export interface HeadFault {
  readonly code: "bad-header" | "bad-length";
  readonly message: string;
}

const latin1 = new TextDecoder("latin1");

/** Reads a head that is there as a whole. */
export function readHead(head: Uint8Array): WarcHead | HeadFault {
  const text = latin1.decode(head);
  const version = text.slice(0, text.indexOf("\n")).trimEnd();
  if (!/^WARC\/\d{1,3}\.\d{1,3}$/.test(version)) {
    return { code: "bad-header", message: `its first line is ${shown(version)}, wanted WARC/1.0` };
  }
  const fields = fieldLines(text);
  const lengths = new Set(fields.filter(([name]) => name === "content-length").map((f) => f[1]));
  const [length] = lengths;
  if (length === undefined) return { code: "bad-length", message: "it has no Content-Length" };
  if (lengths.size > 1) {
    return { code: "bad-length", message: "it has two Content-Lengths that differ" };
  }
  if (!/^\d{1,15}$/.test(length)) {
    return { code: "bad-length", message: `its Content-Length is ${shown(length)}` };
  }
  const type = fields.find(([name]) => name === "warc-type")?.[1].toLowerCase();
  if (!type) return { code: "bad-header", message: "it has no WARC-Type" };
  return { type, bodyBytes: Number(length) };
}

/** The beginning of what was found instead, safe to print. */
function shown(text: string): string {
  const safe = text.slice(0, 40).replace(/[^\x20-\x7e]/g, "?");
  return `"${safe}${text.length > 40 ? "..." : ""}"`;
}
