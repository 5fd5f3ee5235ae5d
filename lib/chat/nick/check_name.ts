/**
 * What names of people and rooms may be made of: letters, marks and digits of the scripts that are in
 * everyday use, not mixed, and `_ - .`
 *
 * Sources: UAX #31, table 5 (recommended scripts); UTS #39, section 5 (the level "highly restrictive",
 * mixed numbers) and section 4 (at most four marks in a row).
 */
import { safeText } from "../../terminal/safe_text.ts";
import { digitValue } from "./nick_key.ts";

const ALLOWED = /^[\p{L}\p{M}\p{Nd}_.-]$/u;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
const START = /^[\p{L}\p{Nd}]/u;
/** More marks than any language puts on one letter, or the same one twice. */
const MARKS = /\p{Mn}{5}|(\p{Mn})\1/u;
/** Letters of phonetic alphabets and of old books, of which many look like plain ones. */
const PLAIN_LATIN = /^[A-Za-z\u00c0-\u024f\u1e00-\u1effɓɔɖɗəɛɠɣɨɩɲɵʃʈʉʊʋʌʒ]$/;

const SCRIPTS = [
  "Latin",
  "Greek",
  "Cyrillic",
  "Han",
  "Hiragana",
  "Katakana",
  "Bopomofo",
  "Hangul",
  "Arabic",
  "Armenian",
  "Bengali",
  "Devanagari",
  "Ethiopic",
  "Georgian",
  "Gujarati",
  "Gurmukhi",
  "Hebrew",
  "Kannada",
  "Khmer",
  "Lao",
  "Malayalam",
  "Myanmar",
  "Oriya",
  "Sinhala",
  "Tamil",
  "Telugu",
  "Thaana",
  "Thai",
  "Tibetan",
] as const;
type Script = typeof SCRIPTS[number];

/** Scripts that are written side by side. */
const TOGETHER: readonly ReadonlySet<Script>[] = [
  new Set<Script>(["Latin", "Han", "Hiragana", "Katakana"]),
  new Set<Script>(["Latin", "Han", "Bopomofo"]),
  new Set<Script>(["Latin", "Han", "Hangul"]),
];

const COMMON = /^[\p{Script=Common}\p{Script=Inherited}]$/u;
const PLAIN_ASCII = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

let patterns: ReadonlyMap<Script, RegExp> | undefined;

/** Built when a name is not plain ASCII, which takes a while. */
function scriptPatterns(): ReadonlyMap<Script, RegExp> {
  patterns ??= new Map(
    SCRIPTS.map((script) => [script, new RegExp(`^\\p{Script_Extensions=${script}}$`, "u")]),
  );
  return patterns;
}

/**
 * What is wrong with a name.
 *
 * @param name after NFKC
 * @returns for people, what would be right; `undefined` when nothing is wrong
 */
export function faultOfName(name: string): string | undefined {
  if (PLAIN_ASCII.test(name)) return undefined;
  const characters = [...name];
  const wrong = characters.find((each) => !ALLOWED.test(each) || IGNORABLE.test(each));
  if (wrong !== undefined) return `wanted letters, digits and _ - . only, got ${shown(wrong)}`;
  if (!START.test(name)) return `wanted a letter or a digit first, got ${shown(characters[0])}`;
  if (MARKS.test(name.normalize("NFD"))) return "it has too many marks on one letter";
  return faultOfScripts(characters) ?? faultOfDigits(characters);
}

function faultOfScripts(characters: readonly string[]): string | undefined {
  const all = [...scriptPatterns()];
  /** For each letter that is not in all scripts: those that it is in. */
  const letters: Set<Script>[] = [];
  for (const character of characters) {
    const scripts = new Set(all.filter(([, of]) => of.test(character)).map(([script]) => script));
    if (scripts.size === 0) {
      if (COMMON.test(character)) continue;
      return `${shown(character)} is of a script that names cannot have`;
    }
    if (scripts.has("Latin") && scripts.size === 1 && !PLAIN_LATIN.test(character)) {
      return `${shown(character)} is no letter for names`;
    }
    letters.push(scripts);
  }
  const fits = (set: ReadonlySet<Script>) => letters.every((each) => !each.isDisjointFrom(set));
  if (TOGETHER.some(fits) || SCRIPTS.some((script) => fits(new Set([script])))) return undefined;
  const mixed = [...new Set(letters.map((each) => [...each][0]))];
  return `it mixes letters of ${mixed.join(" and ")}; use one script`;
}

function faultOfDigits(characters: readonly string[]): string | undefined {
  const zeros = characters.filter((each) => /\p{Nd}/u.test(each)).map((each) =>
    (each.codePointAt(0) ?? 0) - digitValue(each)
  );
  return new Set(zeros).size > 1 ? "it mixes digits of several scripts" : undefined;
}

function shown(character = ""): string {
  return character === " " ? "a space" : `"${safeText(character)}"`;
}
