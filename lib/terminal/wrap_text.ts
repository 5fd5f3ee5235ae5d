import { displayWidth } from "./display_width.ts";
import { graphemesOf } from "./graphemes.ts";

/** `word` in parts of at most `columns`; a character that is wider stands alone. */
function cutWord(word: string, columns: number): string[] {
  const parts: string[] = [];
  let part = "";
  let width = 0;
  for (const grapheme of graphemesOf(word)) {
    if (width > 0 && width + grapheme.width > columns) {
      parts.push(part);
      part = "";
      width = 0;
    }
    part += grapheme.text;
    width += grapheme.width;
  }
  return [...parts, part];
}

/**
 * `text` in lines of at most `columns`: broken at its line feeds, at spaces, and inside of a word
 * that is longer than a line. Lines end without spaces. A character of two columns stays whole
 * where there is one only.
 */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    let width = 0;
    let isStart = true;
    for (const word of paragraph.split(" ")) {
      const wordWidth = displayWidth(word);
      if (!isStart && width + 1 + wordWidth <= columns) {
        line += ` ${word}`;
        width += 1 + wordWidth;
        continue;
      }
      if (!isStart) {
        if (word === "") continue; // spaces that no longer fit
        lines.push(line.trimEnd());
      }
      const parts = wordWidth <= columns ? [word] : cutWord(word, columns);
      line = parts.pop() ?? "";
      lines.push(...parts);
      width = displayWidth(line);
      isStart = false;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}
