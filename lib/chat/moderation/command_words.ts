/** Takes commands apart. Pure. */

/** Units of times in commands, in milliseconds. */
const UNITS_MS: readonly (readonly [RegExp, number])[] = [
  [/^s(ec(ond)?s?)?$/, 1000],
  [/^m(in(ute)?s?)?$/, 60_000],
  [/^h(ours?)?$/, 3_600_000],
  [/^d(ays?)?$/, 86_400_000],
  [/^w(eeks?)?$/, 7 * 86_400_000],
];
/** Looks like a time. */
const TIME = /^\d[\d.]*\p{L}[\p{L}\d.]*$/u;
/** `2nd`, `31st` */
const ORDINAL = /^\d+(?:st|nd|rd|th)$/;
const TIME_PART = /(\d+(?:\.\d+)?)(\p{L}*)/gu;
const LONGEST_MS = 3650 * 86_400_000;
/** Most bytes of a reason, as UTF-8: it goes into other messages, which have limits of their own. */
const MAX_REASON_BYTES = 300;

/** The first word, and what follows it. */
export function splitWord(text: string): { readonly word: string; readonly rest: string } {
  const [, word = "", rest = ""] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text) ?? [];
  return { word, rest };
}

/**
 * `10m spam and more` as its time and its reason; each may be missing, and `1h30m` is a time. What does not look like a time
 * belongs to the reason.
 *
 * @throws {SyntaxError} when the first word looks like a time and is none: nobody shall be banned for
 * ever because of a slip
 */
export function splitTime(
  text: string,
): { readonly timeMs: number | undefined; readonly reason: string } {
  const { word, rest } = splitWord(text);
  if (/^\d+$/.test(word) && rest === "") throw wrongTime(word);
  if (!TIME.test(word) || ORDINAL.test(word)) {
    return { timeMs: undefined, reason: checkReason(text.trim()) };
  }
  let timeMs = 0;
  for (const [, count, letters = ""] of word.matchAll(TIME_PART)) {
    const unit = UNITS_MS.find(([form]) => form.test(letters.toLowerCase()));
    if (unit === undefined) throw wrongTime(word);
    timeMs += Number(count) * unit[1];
  }
  if (timeMs <= LONGEST_MS) return { timeMs, reason: checkReason(rest) };
  throw new SyntaxError(`wanted a time of at most 3650d, got "${word}"`);
}

/** A reason as it is. @throws {SyntaxError} when it is too long */
export function checkReason(reason: string): string {
  const { length } = new TextEncoder().encode(reason);
  if (length <= MAX_REASON_BYTES) return reason;
  throw new SyntaxError(`wanted a reason of at most ${MAX_REASON_BYTES} bytes, got ${length}`);
}

function wrongTime(word: string): SyntaxError {
  return new SyntaxError(`wanted a time such as 30s, 10m, 2h, 7d or 1w, got "${word}"`);
}
