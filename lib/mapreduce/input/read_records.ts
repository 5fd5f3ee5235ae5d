import type { InputSource } from "./input_source.ts";
import { LineParser } from "./line_parser.ts";
import { MAX_RECORD_BYTES, type ReadOptions } from "./read_options.ts";
import type { InputRecord } from "./record.ts";
import type { Split } from "./split.ts";
import { type SplitPlace, splitReading } from "./split_reading.ts";
import { WarcParser } from "./warc_parser.ts";

/**
 * The records of a split, in order, in batches: a batch is what one read brought. The next batch is
 * read when it is asked for; records are valid until then.
 *
 * What is wrong with the input goes to the tally, not to the caller.
 *
 * @throws {InputError} when the source fails, and the signal's reason
 */
export function readRecords(
  split: Split,
  source: InputSource,
  options: ReadOptions,
): AsyncGenerator<readonly InputRecord[]> {
  const maxBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES;
  let batch: InputRecord[] = [];
  const found = (record: InputRecord) => {
    options.tally.records++;
    options.tally.textBytes += record.body.length;
    batch.push(record);
  };
  const take = () => {
    const taken = batch;
    batch = [];
    return taken;
  };
  const parserFor = split.format === "warc" ? warcParser : lineParser;
  return splitReading(split, source, options, (at) => parserFor(at, found, maxBytes), take);
}

function warcParser(
  { split, tally, offsets, problem }: SplitPlace,
  found: (record: InputRecord) => void,
  maxBytes: number,
): WarcParser {
  const { input } = split;
  return new WarcParser({
    record: (position, body, fields) =>
      found({ input, offset: offsets.stored(position), body, fields }),
    part(position, _, isLast) {
      if (isLast) problem(position, "too-large", tooLarge("record", maxBytes));
    },
    skipped: (type) => tally.skip(type),
    isStart: (position) => offsets.isStart(position),
    problem,
  }, maxBytes);
}

function lineParser(
  { split: { input, startByte }, problem }: SplitPlace,
  found: (record: InputRecord) => void,
  maxBytes: number,
): LineParser {
  // Lines in gzip are one split, from the first byte on.
  return new LineParser({
    line: (position, body) =>
      found({ input, offset: startByte + position, body, fields: undefined }),
    tooLarge: (position, resumedAt) =>
      problem(position, "too-large", tooLarge("line", maxBytes), resumedAt),
  }, maxBytes);
}

const tooLarge = (what: string, maxBytes: number) =>
  `a ${what} is larger than ${maxBytes} bytes; it was left out`;
