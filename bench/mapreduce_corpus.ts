import { generateWet, type WetOptions } from "../tests/mapreduce/generate_wet.ts";

const FILES = 4;
const VOCABULARY = 250_000;

/** Generated text in a folder of its own. */
export interface Corpus extends AsyncDisposable {
  readonly folder: string;
  /** Four `.wet.gz`, a member for each record. */
  readonly packed: string;
  /** The first two, unpacked. */
  readonly plainFile: string;
  /** Distinct words of the packed files. */
  readonly words: number;
  /** All words of the packed files. */
  readonly tokens: number;
}

const WHITE_SPACE = /[ \t\n\v\f\r]+/;

/** Writes `bytes` of WET, counted unpacked, and counts its words in the simplest way. */
export async function makeCorpus(bytes: number): Promise<Corpus> {
  const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
  const packed = `${folder}/packed`;
  await Deno.mkdir(packed);
  const plainFile = `${folder}/plain.txt`;
  using plain = await Deno.create(plainFile);
  const words = new Set<string>();
  let tokens = 0;
  for (let i = 0; i < FILES; i++) {
    const options: WetOptions = { seed: i + 1, bytes: bytes / FILES, vocabulary: VOCABULARY };
    for (const record of generateWet(options)) {
      if (i < FILES / 2) writeAll(plain, record);
      for (const word of wordsOf(record)) {
        words.add(word);
        tokens++;
      }
    }
    using file = await Deno.create(`${packed}/${i}.wet.gz`);
    for (const member of generateWet({ ...options, members: "record" })) writeAll(file, member);
  }
  return {
    folder,
    packed,
    plainFile,
    words: words.size,
    tokens,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** The words of a record that is text; none of another. */
function wordsOf(record: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(record);
  if (!text.includes("\r\nWARC-Type: conversion\r\n")) return [];
  const body = text.slice(text.indexOf("\r\n\r\n"));
  return body.split(WHITE_SPACE).filter((word) => word !== "");
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
