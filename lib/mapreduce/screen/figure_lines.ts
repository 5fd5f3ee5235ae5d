import { displayWidth } from "../../terminal/display_width.ts";
import { padText } from "../../terminal/pad_text.ts";
import { wrapText } from "../../terminal/wrap_text.ts";

/** Between a name and its text. */
const GAP = "  ";

/** Least columns for texts beside their names. */
const MIN_TEXT_COLUMNS = 16;

/**
 * Names and texts beside each other; a text that does not fit goes on below itself, and where there
 * is no room beside the names, it stands below its name.
 *
 * @param columns width to fit into; `undefined`: no limit
 */
export function figureLines(
  rows: readonly (readonly [name: string, text: string])[],
  columns = Infinity,
): string[] {
  const nameWidth = Math.max(0, ...rows.map(([name]) => displayWidth(name)));
  const beside = columns - nameWidth - GAP.length;
  return rows.flatMap(([name, text]) =>
    beside < MIN_TEXT_COLUMNS
      ? [
        ...wrapText(name, columns),
        ...wrapText(text, columns - GAP.length).map((line) => GAP + line),
      ]
      : wrapText(text, beside).map((line, at) =>
        `${padText(at === 0 ? name : "", nameWidth)}${GAP}${line}`
      )
  );
}
