import { LOOK_ALIKES } from "./look_alikes.ts";

/** Has neither capitals nor anything that looks like something else. */
const PLAIN = /^[a-hjkln-vx-z2-9_.-]*$/;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
/** A dot above an `i`, which has one (Turkish İ, Lithuanian). */
const SECOND_DOT = /i\u0307/g;
const DIGIT = /\p{Nd}/u;
/** Beyond what any text needs; each round makes it plainer. */
const MAX_ROUNDS = 8;

/**
 * What two names share when people could take one for the other: same letters in another case, in
 * another width, or letters that look alike. Names with the same key are the same name.
 *
 * A key is compared, never shown. The key of a key is itself.
 *
 * @param text a name, or anything that was typed for one
 */
export function nickKey(text: string): string {
  if (PLAIN.test(text)) return text;
  let key = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const plainer = skeleton(foldCase(key));
    if (plainer === key) break;
    key = plainer;
  }
  return key;
}

/** By way of capitals: so ß is ss, ı is i, and a sigma is one wherever it stands. */
function foldCase(text: string): string {
  const small = text.normalize("NFKC").toUpperCase().toLowerCase().replaceAll("ς", "σ");
  return small.normalize("NFKD").replace(IGNORABLE, "").replace(SECOND_DOT, "i");
}

function skeleton(text: string): string {
  let looks = "";
  for (const character of text) {
    const digit = DIGIT.test(character) ? String(digitValue(character)) : character;
    looks += LOOK_ALIKES.get(digit) ?? digit;
  }
  return looks;
}

/** Digits of each script are ten in a row, and those of some scripts follow each other. */
export function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  if (code >= 0x1d7ce && code <= 0x1d7ff) return (code - 0x1d7ce) % 10; // mathematical, five rows
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}
