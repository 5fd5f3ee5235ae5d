/** Random text whose width is known, since it is put together from pieces of known width. */
import fc from "fast-check";

/** Pieces that do not join their neighbours, with their columns. */
const PIECES: readonly (readonly [string, number])[] = [
  ["a", 1],
  ["Z", 1],
  ["7", 1],
  [" ", 1],
  [" ", 1],
  ["é", 1],
  ["e\u0301", 1],
  ["o\u0302\u0323", 1],
  ["字", 2],
  ["ｗ", 2],
  ["ｱ", 1],
  ["한", 2],
  ["\u1112\u1161\u11ab", 2],
  ["👍🏽", 2],
  ["👨\u200d👩\u200d👧", 2],
  ["🏳\ufe0f\u200d🌈", 2],
  ["🇩🇪", 2],
  ["❤\ufe0f", 2],
  ["1\ufe0f\u20e3", 2],
  ["❤", 1],
  ["█", 1],
  ["ا", 1],
  ["Ж", 1],
];

/** Text, its columns, and the pieces that must not be cut. */
export interface KnownText {
  readonly text: string;
  readonly width: number;
  readonly pieces: readonly string[];
}

/** Random {@linkcode KnownText} of up to `maxLength` pieces. */
export function knownText(maxLength = 40): fc.Arbitrary<KnownText> {
  return fc.array(fc.constantFrom(...PIECES), { maxLength }).map((parts) => ({
    text: parts.map(([text]) => text).join(""),
    width: parts.reduce((sum, [, width]) => sum + width, 0),
    pieces: parts.map(([text]) => text),
  }));
}

const WIDTHS = new Map(PIECES);

/** Columns of text that is cut between pieces only; anything else in it counts as one column. */
export function knownWidth(text: string): number {
  let width = 0;
  for (let at = 0; at < text.length;) {
    const piece = [...WIDTHS.keys()]
      .filter((candidate) => text.startsWith(candidate, at))
      .reduce((longest, candidate) => candidate.length > longest.length ? candidate : longest, "");
    const size = piece === ""
      ? String.fromCodePoint(text.codePointAt(at) ?? 0).length
      : piece.length;
    width += WIDTHS.get(piece) ?? 1;
    at += size;
  }
  return width;
}
