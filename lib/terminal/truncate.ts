import { graphemesOf, isPlainAscii, stylesIn } from "./graphemes.ts";

const ELLIPSIS = "…";

/**
 * `text` if it fits into `columns`, else its beginning and `…`. Characters that belong together
 * stay together, and colours that the rest of the text would have ended are ended.
 */
export function truncate(text: string, columns: number): string {
  if (columns < 1) return "";
  if (text.length <= columns && isPlainAscii(text)) return text;
  let width = 0;
  let end = 0; // of what fits beside the ellipsis
  let at = 0;
  for (const grapheme of graphemesOf(text)) {
    width += grapheme.width;
    if (width > columns) {
      return `${text.slice(0, end)}${ELLIPSIS}${stylesIn(text.slice(end))}`;
    }
    at += grapheme.text.length;
    if (width < columns) end = at;
  }
  return text;
}
