/** Reads a split: chunks through a parser to whoever takes what is in them. */
import { gzipChunks } from "./gzip_chunks.ts";
import type { InputSource } from "./input_source.ts";
import { OffsetMap } from "./offset_map.ts";
import { plainChunks } from "./plain_chunks.ts";
import type { ProblemCode } from "./problem.ts";
import type { ReadOptions } from "./read_options.ts";
import type { ReadTally } from "./read_tally.ts";
import type { Split } from "./split.ts";

/** What takes chunks apart. */
export interface ChunkParser {
  /** Position of the first byte of what is unfinished. */
  readonly oldest: number;
  push(bytes: Uint8Array): void;
  gap(): void;
  end(): void;
}

/** What a parser needs to tell where things are. */
export interface SplitPlace {
  readonly split: Split;
  readonly tally: ReadTally;
  readonly offsets: OffsetMap;
  /** Notes a problem at a position of what was unpacked. */
  problem(position: number, code: ProblemCode, message: string, resumedAt?: number): void;
}

/**
 * Has a parser take a split apart.
 *
 * @param parserFor makes it
 * @param take what the parser has found since it was called last
 * @throws {InputError} when the source fails, and the signal's reason
 */
export async function* splitReading<T>(
  split: Split,
  source: InputSource,
  { tally, signal }: ReadOptions,
  parserFor: (place: SplitPlace) => ChunkParser,
  take: () => readonly T[],
): AsyncGenerator<readonly T[]> {
  const offsets = new OffsetMap(split.startByte, split.isGzip);
  const before = tally.records + tally.problemCount + tally.skippedRecords;
  const parser = parserFor({
    ...{ split, tally, offsets },
    problem: (position, code, message, resumedAt) => {
      const offset = offsets.stored(position);
      const resumed = resumedAt === undefined ? {} : { resumedAt: offsets.stored(resumedAt) };
      tally.addProblem({ input: split.input, offset, code, message, ...resumed });
    },
  });
  const window = { source, split, tally, signal };
  for await (const chunk of split.isGzip ? gzipChunks(window) : plainChunks(window)) {
    if (chunk.isAfterGap) parser.gap();
    offsets.add(chunk.starts, parser.oldest);
    parser.push(chunk.bytes);
    const found = take();
    if (found.length > 0) yield found;
  }
  parser.end();
  const found = take();
  if (found.length > 0) yield found;
  const after = tally.records + tally.problemCount + tally.skippedRecords;
  if (after > before || (split.format === "text" && !split.isGzip)) return;
  if (split.format === "text" && split.endByte > split.startByte) return;
  const message = split.endByte > split.startByte ? "it has no records" : "it has no bytes";
  tally.addProblem({ input: split.input, offset: split.startByte, code: "empty", message });
}
