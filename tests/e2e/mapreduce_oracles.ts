/** Programs of others that count words, and texts that are hard to count. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { Random } from "../random.ts";
import { tramCommand } from "./processes.ts";
import { fromSource } from "./root.ts";

const SEPARATORS = [..."     \n\n\t\v\f\r", "\r\n", "  ", " \r \n", "\n\n"];

/** Bytes that some take for white space, or for an end, and that are none. */
const TRAPS = [
  ...["\0", "a\0b", "\x1c", "x\x1dy", "\x1f", "\x7f", "\\", "\\t", "a\\nb", "%s", "$1", "NaN"],
  ...["\xc2\xa0", "\xc2\x85", "\xe2\x80\xa8", "\xe3\x80\x80", "\xef\xbb\xbf", "\xa0", "\x85"],
  ...["\xff", "\xfe\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80"],
  ...["WARC/1.0", "WARC-Type:", "Content-Length:", "0", "00", "1e3", "0x10", "inf", "-", "1"],
];
/** Larger than the parts that input is read in. */
const LONG_WORD_BYTES = 70_000;
const PIECE_BYTES = 500_000;
const POOL_BYTES = 2 ** 20;
const MOST_LETTERS = 6;

/** Text that is no text everywhere: words of any bytes, and all that may stand between them. */
class HostileText {
  readonly #random: Random;
  /** What words are cut from. */
  readonly #pool: string;

  constructor(random: Random) {
    this.#random = random;
    this.#pool = Array.from({ length: POOL_BYTES }, () => anyByte(random)).join("");
  }

  make(bytes: number): Uint8Array<ArrayBuffer> {
    let text = "";
    while (text.length < bytes) text += this.#word() + this.#gap();
    return bytesOf(text);
  }

  #word(): string {
    const random = this.#random;
    if (random.oneIn(3)) return random.pick(TRAPS);
    if (random.oneIn(5000)) return "w".repeat(random.below(LONG_WORD_BYTES));
    const at = random.below(POOL_BYTES - MOST_LETTERS);
    return this.#pool.slice(at, at + random.between(1, MOST_LETTERS));
  }

  #gap(): string {
    const random = this.#random;
    if (random.oneIn(1000)) return "\r\n\r\nWARC/1.0\r\nContent-Length: 5\r\n\r\n";
    return random.pick(SEPARATORS);
  }
}

/** Any byte but white space. */
function anyByte(random: Random): string {
  const byte = random.below(256);
  return byte === 32 || byte >= 9 && byte <= 13 ? "a" : String.fromCharCode(byte);
}

/** Such text, piece by piece. */
function* hostileLines(text: HostileText, bytes: number): Generator<Uint8Array> {
  for (let made = 0; made < bytes; made += PIECE_BYTES) yield text.make(PIECE_BYTES);
}

/** The same text in records of WARC, some of which are not for counting. */
function* hostileWarc(
  text: HostileText,
  random: Random,
  bytes: number,
): Generator<Uint8Array> {
  for (let made = 0; made < bytes;) {
    const body = text.make(random.oneIn(50) ? 0 : random.below(20_000));
    const type = random.oneIn(10) ? "metadata" : "conversion";
    const head = `WARC/1.0\r\nWARC-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const record = new Uint8Array(head.length + body.length + 4);
    record.set(bytesOf(head));
    record.set(body, head.length);
    record.set(bytesOf("\r\n\r\n"), head.length + body.length);
    yield record;
    made += record.length;
  }
}

function* packed(records: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const record of records) yield gzipSync(record, { level: 1 });
}

function bytesOf(latin1: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(latin1, "latin1"));
}

/** Writes hard text into a folder: as text, as WARC, and as WARC with a member for each record. */
export function writeHostile(folder: string, seed: number, bytes: number): void {
  const random = new Random(seed);
  const text = new HostileText(random);
  const third = Math.ceil(bytes / 3);
  const write = (name: string, parts: Iterable<Uint8Array>) => {
    using file = Deno.createSync(`${folder}/${name}`);
    for (const part of parts) {
      for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
    }
  };
  write("a.txt", hostileLines(text, third));
  write("b.warc.wet", hostileWarc(text, random, third));
  write("c.warc.wet.gz", packed(hostileWarc(text, random, third)));
}

/** Runs a program to its end, which must be a good one. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly deadlineMs: number; readonly cwd?: string },
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { LC_ALL: "C", NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(options.deadlineMs),
    ...options.cwd === undefined ? {} : { cwd: options.cwd },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, `${command} ${args.join(" ")}: ${text(stderr).slice(-2000)}`);
  return text(stdout);
}

/**
 * What mawk makes of the files in `in`, as lines of output, sorted. It takes only space, tab and line
 * feed for the end of a word, so `tr` turns the others into spaces before.
 */
export async function countWithMawk(
  folder: string,
  { deadlineMs }: { readonly deadlineMs: number },
): Promise<void> {
  const program = fromSource("bench/peers/words/words.awk");
  const script = `
    spaces() { tr '\\r\\v\\f' '   '; }
    sum='{ c[substr($0, 1, index($0, "\\t") - 1)] += substr($0, index($0, "\\t") + 1) }
      END { for (word in c) print word "\\t" c[word] }'
    for file in in/*; do
      case "$file" in
        *.txt) spaces <"$file" | mawk '{ for (i = 1; i <= NF; i++) c[$i]++ }
          END { for (word in c) print word "\\t" c[word] }' ;;
        *.gz) zcat "$file" | spaces | mawk -f '${program}' ;;
        *) spaces <"$file" | mawk -f '${program}' ;;
      esac
    done | mawk "$sum" | sed 's/\\\\/\\\\\\\\/g' | sort >mawk.tsv`;
  await runProgram("bash", ["-eo", "pipefail", "-c", script], { deadlineMs, cwd: folder });
}

/** Counts the words of `in` with tram, into `name`. @returns what it said at the end */
export async function countWithTram(
  folder: string,
  name: string,
  flags: readonly string[],
  { deadlineMs }: { readonly deadlineMs: number },
): Promise<Readonly<Record<string, unknown>>> {
  const { command, prefix } = tramCommand();
  const args = [
    ...[...prefix, "mapreduce", "run", "--json", "--job", "wordcount", ...flags],
    ...["--output", `${folder}/${name}`, `${folder}/in`],
  ];
  const said = await runProgram(command, args, { deadlineMs });
  return JSON.parse(said.trimEnd().split("\n").at(-1) ?? "");
}

/** Compares what tram wrote into `name` with lines of others, sorted. */
export async function assertSameCounts(
  folder: string,
  name: string,
  other: string,
  { deadlineMs }: { readonly deadlineMs: number },
): Promise<void> {
  const script = `test -s ${other}
    sort ${name}/part-* >ours.tsv
    cmp -s ours.tsv ${other} || { diff -a ours.tsv ${other} | head -n 8 | cat -v >&2; exit 1; }`;
  await runProgram("bash", ["-eo", "pipefail", "-c", script], { deadlineMs, cwd: folder });
}
