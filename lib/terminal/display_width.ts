import { graphemesOf, isPlainAscii } from "./graphemes.ts";

/**
 * Columns that `text` takes in a terminal. Sequences that set colours take none; neither do control
 * characters, which do not belong in text to be measured: see `safeText`.
 */
export function displayWidth(text: string): number {
  if (isPlainAscii(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += grapheme.width;
  return width;
}
