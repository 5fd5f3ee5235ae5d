/** Parsers of values that only `timer ping` has. Each throws one line that says what would be right. */
import { parseSizeBytes, parseWhole } from "../config/parse_flags.ts";
import { MAX_REQUEST_BYTES, UUID_BYTES } from "./request_bytes.ts";

/** Requests in flight on a connection. @throws {SyntaxError} */
export function parseInFlight(text: string): number {
  return parseWhole(text, 1, 65_536);
}

/** Connections of one process. @throws {SyntaxError} */
export function parseClients(text: string): number {
  return parseWhole(text, 1, 1000);
}

/** Bytes of a request. @throws {SyntaxError} */
export function parseRequestBytes(text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes >= UUID_BYTES && bytes <= MAX_REQUEST_BYTES) return bytes;
  throw new SyntaxError(`wanted a size from ${UUID_BYTES} to 64KiB, got "${text}"`);
}
