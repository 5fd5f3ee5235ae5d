/** Reads inputs that are in memory, as a whole. */
import { Buffer } from "node:buffer";
import type { InputFormat } from "../../../lib/mapreduce/input/input.ts";
import { ReadTally } from "../../../lib/mapreduce/input/read_tally.ts";
import { readPieces } from "../../../lib/mapreduce/input/read_pieces.ts";
import { readRecords } from "../../../lib/mapreduce/input/read_records.ts";
import type { Split } from "../../../lib/mapreduce/input/split.ts";
import { bytesSource } from "./bytes_source.ts";

/** What a record was when it was given. */
export interface KeptRecord {
  readonly offset: number;
  readonly body: string;
  readonly uri: string | undefined;
}

/** A letter for each byte, whatever it is. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** All of an input as one split, or a part of it. */
export function splitOf(bytes: Uint8Array, part: Partial<Split> = {}): Split {
  const isGzip = bytes[0] === 0x1f;
  const format: InputFormat = "warc";
  return { input: 0, startByte: 0, endByte: bytes.length, format, isGzip, ...part };
}

/** Records, and what was noted. */
export async function recordsOf(
  bytes: Uint8Array,
  part: Partial<Split> = {},
  maxRecordBytes?: number,
): Promise<{ readonly records: readonly KeptRecord[]; readonly tally: ReadTally }> {
  const tally = new ReadTally();
  const records: KeptRecord[] = [];
  const split = splitOf(bytes, part);
  const options = { tally, ...maxRecordBytes === undefined ? {} : { maxRecordBytes } };
  for await (const batch of readRecords(split, bytesSource(bytes), options)) {
    for (const { offset, body, fields } of batch) {
      const uri = fields?.get("warc-target-uri");
      records.push({ offset, body: textOf(body), uri });
    }
  }
  return { records, tally };
}

/** Bodies put together from pieces, and what was noted. */
export async function bodiesOf(
  bytes: Uint8Array,
  part: Partial<Split> = {},
): Promise<{ readonly bodies: readonly string[]; readonly tally: ReadTally }> {
  const tally = new ReadTally();
  const bodies: string[] = [];
  let body = "";
  for await (const batch of readPieces(splitOf(bytes, part), bytesSource(bytes), { tally })) {
    for (const piece of batch) {
      body += textOf(piece.bytes);
      if (!piece.isLast) continue;
      bodies.push(body);
      body = "";
    }
  }
  if (body !== "") bodies.push(`${body} (unfinished)`);
  return { bodies, tally };
}
