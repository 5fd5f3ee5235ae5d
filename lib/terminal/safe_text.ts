/**
 * Text that somebody else sent, made safe to print. What a terminal obeys, what reorders text, what
 * cannot be seen and what has no meaning that all agree on becomes visible as an escape.
 *
 * Source: the properties of Unicode: general category C (control, format, surrogate, private use,
 * unassigned), line and paragraph separators, Default_Ignorable_Code_Point, and with them
 * Bidi_Control (UAX #9), tag characters and fillers. What is left of those in plain use stays, each
 * where it has a meaning and nowhere else; see `keptPattern`.
 */

/** Most marks that may stand on one letter; more only paint over other lines. */
const MAX_MARKS = 8;

/** Scripts whose letters change shape, and in which joiners decide how (UAX #31, section 2.3). */
const JOINING = "Arabic Syriac Mongolian Nko Bengali Devanagari Gujarati Gurmukhi Kannada " +
  "Malayalam Oriya Sinhala Tamil Telugu";
/** Scripts that write no spaces, and in which one of no width says where a line may break. */
const SPACELESS = "Khmer Lao Myanmar Thai";

const PICTOGRAPH = "\\p{Extended_Pictographic}";

/** Pattern of a visible letter or mark of one of these scripts. */
function letterOf(names: string): string {
  const scripts = names.split(" ").map((name) => `\\p{Script=${name}}`).join("");
  return `(?!\\p{Default_Ignorable_Code_Point})(?=[\\p{L}\\p{M}])[${scripts}]`;
}

/** May have to become visible. A mark at the very start would sit on what is printed before. */
function suspectPattern(): RegExp {
  const invisible = String.raw`[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;
  return new RegExp(`${invisible}|^\\p{M}|(?<=\\p{M}{${MAX_MARKS}})\\p{M}`, "gu");
}

/** The suspects that stay, each with what must stand before and after it. */
function keptPattern(): RegExp {
  return new RegExp(
    [
      // Two emoji in one: a family, a profession.
      `(?<=${PICTOGRAPH}[\\ufe0f\\p{Emoji_Modifier}]?)\\u200d(?=${PICTOGRAPH})`,
      // A pictograph or digit as text or as emoji; a form of a Han or Mongolian letter. One, not
      // more: a row of selectors can carry a hidden text.
      String.raw`(?<=\p{Emoji})[\ufe0e\ufe0f]`,
      String.raw`(?<=\p{Script=Han})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
      `(?<=${letterOf("Mongolian")})[\\u180b-\\u180d\\u180f]`,
      `(?<=${letterOf(JOINING)})[\\u200c\\u200d](?=${letterOf(JOINING)})`,
      `(?<=${letterOf(SPACELESS)})\\u200b(?=${letterOf(SPACELESS)})`,
      // Visible signs that Unicode calls formatting: Arabic ones that span the digits after them.
      String.raw`[\u0600-\u0605\u06dd\u0890\u0891\u08e2\u{110bd}\u{110cd}]`,
      // Not assigned yet, but set aside for emoji: the sender may have a newer Unicode.
      `(?=${PICTOGRAPH})\\p{Cn}`,
    ].join("|"),
    "uy",
  );
}

// deno-lint-ignore no-control-regex -- these are what must not get through
const HARMLESS = /^[^\u0000-\u001f\u007f-\uffff]*$/;

/** Built for the first text that needs them: that takes a millisecond, and most texts are plain. */
let patterns: { readonly suspect: RegExp; readonly kept: RegExp } | undefined;

/** Replaces what must not get through; each is one code point. */
function replaceUnsafe(text: string, escaped: (character: string) => string): string {
  if (HARMLESS.test(text)) return text;
  patterns ??= { suspect: suspectPattern(), kept: keptPattern() };
  const { suspect, kept } = patterns;
  return text.replace(suspect, (character, at: number) => {
    kept.lastIndex = at;
    return kept.test(text) ? character : escaped(character);
  });
}

/** `text` with each unsafe character as `\xNN` or `\u{NNNN}`. */
export function safeText(text: string): string {
  return replaceUnsafe(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** A value as one line of JSON that is safe to print: what is unsafe is escaped, not changed. */
export function safeJson(value: unknown): string {
  return replaceUnsafe(JSON.stringify(value), (character) => {
    let escapes = "";
    for (let i = 0; i < character.length; i++) {
      escapes += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
    }
    return escapes;
  });
}
