/**
 * Makes WET files of any size for tests and benches: a Zipf vocabulary in several scripts, one gzip
 * member for each record. The same seed gives the same files.
 */
import { gzipSync } from "node:zlib";
import { Random } from "../random.ts";

/** Options of {@linkcode generateWet}. */
export interface WetOptions {
  readonly seed: number;
  /** Bytes of all records, unpacked: generation ends with the record that reaches them. */
  readonly bytes: number;
  /** How it is stored: as it is, a member per record as Common Crawl does, or all in one member. @default {"plain"} */
  readonly members?: "plain" | "record" | "one";
  /** How many words there are. @default {20000} */
  readonly vocabulary?: number;
  /** @default {all} */
  readonly scripts?: readonly Script[];
  /** Median size of a body in bytes. @default {4000} */
  readonly bodyBytes?: number;
}

/** Writing systems that words are made of. */
export type Script = "latin" | "accented" | "greek" | "cyrillic" | "han" | "arabic" | "emoji";

const LETTERS: Readonly<Record<Script, string>> = {
  latin: "etaoinshrdlucmfwypvbgkjqxz",
  accented: "aeiouéèüöäñçåøßłšžăő",
  greek: "αβγδεζηθικλμνξοπρστυφχψω",
  cyrillic: "абвгдежзийклмнопрстуфхцчшщыьэюя",
  han: "的一是不了人我在有他这中大来上国个到说们",
  arabic: "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
  emoji: "😀🚋🎉🌍👍",
};
const LANGUAGES: Readonly<Record<Script, string>> = {
  latin: "eng",
  accented: "fra",
  greek: "ell",
  cyrillic: "rus",
  han: "zho",
  arabic: "ara",
  emoji: "eng",
};
const SCRIPTS = Object.keys(LETTERS) as Script[];
/** What stands between words: mostly a space, sometimes another of the six. */
const GAPS = [..."          ".split(""), "\n", "\n", "\t", "\r\n", "  ", "\v", "\f", "\r"];
const HOSTS = 50;

/** A WET file: records in order, each ready to be written. */
export function* generateWet(options: WetOptions): Generator<Uint8Array> {
  const { members = "plain" } = options;
  if (members === "one") {
    const parts = [...wetRecords(options)];
    yield gzipSync(joined(parts), { level: 1 });
    return;
  }
  for (const record of wetRecords(options)) {
    yield members === "plain" ? record : gzipSync(record, { level: 1 });
  }
}

/** A WET file as a whole. */
export function wetFile(options: WetOptions): Uint8Array<ArrayBuffer> {
  return joined([...generateWet(options)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function* wetRecords(
  { seed, bytes, vocabulary = 20_000, scripts = SCRIPTS, bodyBytes = 4_000 }: WetOptions,
): Generator<Uint8Array> {
  const random = new Random(seed);
  const words = makeWords(random, vocabulary, scripts);
  const zipf = zipfRanks(vocabulary);
  let made = 0;
  const info = "Software-Info: tram tests\r\nrobots: none\r\n\r\n";
  const first = wetRecord("warcinfo", ["Content-Type: application/warc-fields"], info);
  made += first.length;
  yield first;
  for (let number = 0; made < bytes; number++) {
    const script = random.pick(scripts);
    const wanted = Math.min(
      bodyBytes * 8,
      Math.max(1, bodyBytes / 4 + sizeTail(random, bodyBytes)),
    );
    const host = `host${random.below(HOSTS)}.example`;
    const record = wetRecord("conversion", [
      `WARC-Target-URI: https://${host}/page/${number}`,
      `WARC-Identified-Content-Language: ${LANGUAGES[script]}`,
      "Content-Type: text/plain",
    ], bodyText(random, words[script] ?? [], zipf, wanted));
    made += record.length;
    yield record;
  }
}

/** A record with the fields that each has. */
export function wetRecord(type: string, fields: readonly string[], body: string): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  const head = [
    "WARC/1.0",
    `WARC-Type: ${type}`,
    "WARC-Date: 2026-01-02T03:04:05Z",
    ...fields,
    `Content-Length: ${bytes.length}`,
  ].join("\r\n");
  return joined([
    new TextEncoder().encode(`${head}\r\n\r\n`),
    bytes,
    new TextEncoder().encode("\r\n\r\n"),
  ]);
}

/** Many small bodies, few large ones. */
function sizeTail(random: Random, median: number): number {
  return -Math.log(1 - random.uint32() / 2 ** 32) * median;
}

function bodyText(random: Random, words: readonly string[], zipf: Float64Array, bytes: number) {
  let text = "";
  while (text.length < bytes) {
    const rank = rankOf(zipf, random.uint32() / 2 ** 32);
    text += words[rank % words.length] + random.pick(GAPS);
  }
  return text;
}

function makeWords(random: Random, count: number, scripts: readonly Script[]) {
  const words: Partial<Record<Script, string[]>> = {};
  const each = Math.max(1, Math.ceil(count / scripts.length));
  for (const script of scripts) {
    const letters = [...LETTERS[script]];
    words[script] = Array.from({ length: each }, () => {
      const length = 1 + Math.floor(random.below(6) + random.below(6));
      return Array.from({ length }, () => random.pick(letters)).join("");
    });
  }
  return words;
}

/** Sums of 1/rank, as parts of 1. */
function zipfRanks(count: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) sums[rank] = sum += 1 / (rank + 1);
  return sums.map((value) => value / sum);
}

function rankOf(sums: Float64Array, part: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] as number) < part) low = middle + 1;
    else high = middle;
  }
  return low;
}
