import type { InputRecord } from "../../input/record.ts";
import { withinTime } from "./within_time.ts";

/** Time for many lines together, in milliseconds: more is looked at line by line. */
const TOGETHER_MS = 1000;

/** Most matches that are held. */
const MAX_FOUND = 8192;

const LF = 0x0a;

/** A line, and how far it was searched. */
interface Place {
  /** Number of the record in its batch. */
  readonly record: number;
  /** Byte of its body where the line begins. */
  readonly line: number;
  /** UTF-16 unit of the line where the search goes on. */
  readonly at: number;
}

/** Raised when one line takes too long. */
export class SlowPattern extends Error {
  override name = "SlowPattern";
  readonly record: InputRecord;
  /** The line. */
  readonly text: string;

  constructor(record: InputRecord, text: string, limitMs: number) {
    super(`it takes more than ${limitMs} ms for one line`);
    this.record = record;
    this.text = text;
  }
}

/**
 * Finds a pattern in lines of records, with a limit of time: a pattern that backtracks may take years
 * for a line of forty letters. A search that was stopped is repeated, one match at a time, so that the
 * line which did it is known.
 */
export class PatternSearch {
  readonly #regex: RegExp;
  readonly #limitMs: number;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** @param limitMs for one match in one line */
  constructor(regex: RegExp, limitMs: number) {
    this.#regex = regex;
    this.#limitMs = limitMs;
  }

  /** Gives what is found, in lists. Empty matches are none. @throws {SlowPattern} */
  *search(batch: readonly InputRecord[]): Generator<readonly string[], void, void> {
    let place: Place = { record: 0, line: 0, at: 0 };
    let areTogether = true;
    while (place.record < batch.length) {
      // One assignment at the end, since it may be stopped anywhere.
      let done: { readonly found: string[]; readonly place: Place } | undefined;
      const steps = areTogether ? Infinity : 1;
      const limitMs = areTogether ? Math.min(TOGETHER_MS, this.#limitMs) : this.#limitMs;
      withinTime(() => void (done = this.#some(batch, place, steps)), limitMs);
      if (done !== undefined) {
        ({ place } = done);
        if (done.found.length > 0) yield done.found;
      } else if (areTogether) {
        areTogether = false;
      } else {
        const record = batch[place.record] as InputRecord;
        throw new SlowPattern(record, this.#textOf(record, place.line), this.#limitMs);
      }
    }
  }

  /** Searches from `place` on. */
  #some(batch: readonly InputRecord[], { record, line, at }: Place, steps: number) {
    const regex = this.#regex;
    const found: string[] = [];
    let text: string | undefined;
    for (; steps > 0 && found.length < MAX_FOUND && record < batch.length; steps--) {
      const of = batch[record] as InputRecord;
      text ??= this.#textOf(of, line);
      regex.lastIndex = at;
      const match = regex.exec(text);
      if (match !== null) {
        if (match[0] !== "") found.push(match[0]);
        at = match[0] !== "" ? regex.lastIndex : nextPoint(text, match.index);
        continue;
      }
      text = undefined;
      at = 0;
      line = lineEnd(of, line) + 1;
      if (line < of.body.length) continue;
      record++;
      line = 0;
    }
    return { found, place: { record, line, at } };
  }

  #textOf(record: InputRecord, line: number): string {
    return this.#decoder.decode(record.body.subarray(line, lineEnd(record, line)));
  }
}

/** Where a line ends: of text, the record is the line. */
function lineEnd({ body, fields }: InputRecord, line: number): number {
  const end = fields === undefined ? -1 : body.indexOf(LF, line);
  return end < 0 ? body.length : end;
}

/** The place behind the code point at `at`. */
function nextPoint(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}
