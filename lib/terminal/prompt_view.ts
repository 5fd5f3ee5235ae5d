/** How a line that is typed looks in a row of the terminal. */
import { displayWidth } from "./display_width.ts";
import { graphemesOf } from "./graphemes.ts";
import { safeText } from "./safe_text.ts";
import { truncate } from "./truncate.ts";

/** What to show. */
export interface PromptLine {
  /** Stands before the text; safe to print, may have colours. */
  readonly label: string;
  /** As typed: what a terminal would obey becomes visible as an escape. */
  readonly text: string;
  /** UTF-16 index in `text`. */
  readonly cursor: number;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** A row of the terminal, with the cursor in it. */
export interface PromptRow {
  readonly row: string;
  /** Column of the cursor, from 0. */
  readonly cursorColumn: number;
}

/** A longer label is cut to this share of the row. */
const MAX_LABEL_SHARE = 0.5;
/** Stands where text goes on to the left or right. */
const MORE = "…";
/** Where less room is left, text stands without marks of where it goes on. */
const MIN_MARKED_COLUMNS = 6;

/** One piece that is shown or not, as a whole. */
interface Cell {
  readonly text: string;
  /** Column in the whole line. */
  readonly start: number;
  readonly width: number;
}

/**
 * The part of a line around its cursor. A line that is too long goes left by half of the room at a
 * time, so that it stands still while somebody types. At most `columns - 1` are filled: at the last
 * one, terminals differ in where the cursor is.
 */
export function promptView({ label, text, cursor, columns }: PromptLine): PromptRow {
  const room = Math.max(0, columns - 1);
  const shownLabel = truncate(label, Math.floor(room * MAX_LABEL_SHARE));
  const labelWidth = displayWidth(shownLabel);
  const { row, cursorColumn } = part(cellsOf(text, cursor), room - labelWidth);
  return { row: shownLabel + row, cursorColumn: labelWidth + cursorColumn };
}

interface Cells {
  readonly cells: readonly Cell[];
  /** Column of the cursor in the whole line. */
  readonly cursor: number;
  /** Columns of the whole line. */
  readonly end: number;
}

function cellsOf(text: string, cursor: number): Cells {
  const cells: Cell[] = [];
  let end = 0;
  const add = (shown: string) => {
    for (const { text, width } of graphemesOf(shown)) {
      cells.push({ text: width > 2 ? "?" : text, start: end, width: width > 2 ? 1 : width });
      end += width > 2 ? 1 : width;
    }
  };
  const shown = safeText(text);
  const shownCursor = shownIndex(text, shown, cursor);
  add(shown.slice(0, shownCursor));
  const cursorAt = end;
  add(shown.slice(shownCursor));
  return { cells, cursor: cursorAt, end };
}

/** Where in `shown = safeText(text)` the character is that stands at `index` of `text`. */
function shownIndex(text: string, shown: string, index: number): number {
  if (shown === text) return index;
  let at = 0;
  for (const character of text.slice(0, index)) {
    if (shown.startsWith(character, at)) at += character.length;
    else at += escapeLength(character.codePointAt(0) ?? 0);
  }
  return at;
}

/** Of `\xNN` or `\u{NNNN}`. */
function escapeLength(code: number): number {
  return code < 0x100 ? 4 : 4 + code.toString(16).length;
}

function part({ cells, cursor, end }: Cells, room: number): PromptRow {
  if (end <= room) return { row: cells.map(({ text }) => text).join(""), cursorColumn: cursor };
  const isMarked = room >= MIN_MARKED_COLUMNS;
  const half = Math.max(1, Math.floor(room / 2));
  // The cursor stands on something that may be two columns wide, before the mark on the right.
  const needed = cursor - room + (isMarked ? 3 : 2);
  const first = Math.max(0, Math.min(Math.ceil(needed / half) * half, cursor));
  const markLeft = isMarked && first > 0 ? MORE : "";
  const markRight = isMarked && end - first > room ? MORE : "";
  const from = first + markLeft.length;
  const to = first + room - markRight.length;
  const shown = cells.filter(({ start, width }) => start >= from && start + width <= to);
  const begin = shown[0]?.start ?? to;
  const last = shown.at(-1);
  // A wide character that lies across the border leaves a space.
  const gapLeft = " ".repeat(shown.length === 0 ? 0 : begin - from);
  const gapRight = markRight === "" || last === undefined
    ? ""
    : " ".repeat(to - last.start - last.width);
  const row = markLeft + gapLeft + shown.map(({ text }) => text).join("") + gapRight + markRight;
  return { row, cursorColumn: Math.min(cursor - first, room) };
}
