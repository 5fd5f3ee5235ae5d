import { constants, gunzipSync } from "node:zlib";
import { startsMember } from "./gzip_header.ts";
import type { Input } from "./input.ts";
import { startsRecord } from "./warc_head.ts";

/** Bytes that {@linkcode formatOf} wants to see, if there are as many. */
export const FORMAT_BYTES = 4 * 1024;

/**
 * What an input is. Whether it is gzip, its bytes say; whether it is WARC, its name (`.wet`, `.warc`,
 * `.txt`, each maybe with `.gz`), or, if that says nothing, its bytes. A file that is called WET and is
 * none shall be found out, not be read as lines.
 *
 * @param name path or URL
 */
export function formatOf(name: string, head: Uint8Array): Pick<Input, "format" | "isGzip"> {
  const path = URL.canParse(name) ? new URL(name).pathname : name;
  const isEmptyGzip = head.length === 0 && /\.gz$/i.test(path);
  const isGzip = isEmptyGzip || (head.length > 1 && startsMember(head, 0));
  const [, ending] = /\.(wet|warc|txt)(?:\.gz)?$/i.exec(path) ?? [];
  if (ending !== undefined) {
    return { format: ending.toLowerCase() === "txt" ? "text" : "warc", isGzip };
  }
  const text = isGzip ? beginning(head) : head;
  return { format: text.length > 0 && startsRecord(text, 0) ? "warc" : "text", isGzip };
}

function beginning(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0); // what is wrong with it will be named when it is read
  }
}
