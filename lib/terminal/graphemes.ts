/**
 * Text as a terminal shows it: the pieces that stay together, and the columns that each takes.
 *
 * Sources: UAX #29 (grapheme clusters, from `Intl.Segmenter`), UAX #11 (East Asian width, from
 * `get-east-asian-width`; ambiguous characters count as narrow), UTS #51 (emoji). Terminals
 * disagree about emoji that are built from several characters; this follows those that draw them as
 * one.
 */
import { eastAsianWidth } from "get-east-asian-width";

/** One piece of text that must not be cut. */
export interface Grapheme {
  readonly text: string;
  /** Columns: 0, 1 or 2; up to 4 where a script joins several letters in one cluster. */
  readonly width: number;
}

/** Sets colours and weight (ECMA-48, SGR). What others sent has none left after `safeText`. */
// deno-lint-ignore no-control-regex -- ESC begins it
const STYLE_SEQUENCE = /\u001b\[[\d;]*m/g;
/** Takes no column of its own: marks that sit on a letter, formatting, control. */
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;
/** Visible although they are called formatting: Arabic signs that span the digits after them. */
const SIGN = /^[\u0600-\u0605\u06dd\u0890\u0891\u08e2\u{110bd}\u{110cd}]$/u;
const JOINER = "\u200d";
const EMOJI_SELECTOR = "\ufe0f";
const EMOJI = /^\p{Emoji}/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}/u;
/** A skin tone on something that takes one; elsewhere it is a patch of colour. */
const TONED = /^\p{Emoji_Modifier_Base}\p{Emoji_Modifier}$/u;
const FLAG = /^\p{Regional_Indicator}{1,2}/u;
const HANGUL = /^\p{Script=Hangul}/u;

/** What is wider is no letter of any language, and must not spoil the layout of lines. */
const MAX_CLUSTER_WIDTH = 4;

let segmenter: Intl.Segmenter | undefined;

/** Making one takes 8 ms, so text in ASCII does without. */
function segmentsOf(text: string): Iterable<{ readonly segment: string }> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

function codePointWidth(character: string): number {
  if (NO_WIDTH.test(character) && !SIGN.test(character)) return 0;
  return eastAsianWidth(character.codePointAt(0) ?? 0);
}

function clusterWidth(cluster: string): number {
  const flag = FLAG.exec(cluster)?.[0] ?? "";
  let width = flag === "" ? 0 : 2;
  let before = "";
  for (const character of cluster.slice(flag.length)) {
    if (before === JOINER && PICTOGRAPH.test(character)) break; // the rest is in the same picture
    if (character === EMOJI_SELECTOR && EMOJI.test(before)) width += 2 - codePointWidth(before);
    else if (TONED.test(before + character)) width += 2 - codePointWidth(before);
    // A syllable of Hangul takes what its first letter takes.
    else if (!HANGUL.test(before) || !HANGUL.test(character)) width += codePointWidth(character);
    before = character;
  }
  return width;
}

/** True when every character is one of printable ASCII: one column each. */
export function isPlainAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}

function* unstyledGraphemes(text: string): Generator<Grapheme> {
  if (isPlainAscii(text)) {
    for (const character of text) yield { text: character, width: 1 };
    return;
  }
  for (const { segment } of segmentsOf(text)) {
    const width = clusterWidth(segment);
    if (width <= MAX_CLUSTER_WIDTH) yield { text: segment, width };
    else {
      for (const character of segment) yield { text: character, width: clusterWidth(character) };
    }
  }
}

/** The pieces of `text`, in order; a sequence that sets colours is one of no width. */
export function* graphemesOf(text: string): Generator<Grapheme> {
  let at = 0;
  for (const { index, 0: sequence } of text.matchAll(STYLE_SEQUENCE)) {
    yield* unstyledGraphemes(text.slice(at, index));
    yield { text: sequence, width: 0 };
    at = index + sequence.length;
  }
  yield* unstyledGraphemes(text.slice(at));
}

/** The sequences in `text` that set colours and weight, joined. */
export function stylesIn(text: string): string {
  return text.match(STYLE_SEQUENCE)?.join("") ?? "";
}
