/** Tables of text that fit into the terminal, as lines. */
import { displayWidth } from "./display_width.ts";
import { padText } from "./pad_text.ts";
import { shrinkWidths } from "./shrink_widths.ts";
import { PLAIN_STYLE, type Style } from "./style.ts";
import { truncate } from "./truncate.ts";
import { wrapText } from "./wrap_text.ts";

/** One column of a table. */
export interface TableColumn {
  readonly title: string;
  /** @default {"left"} */
  readonly align?: "left" | "right";
  /** Columns that a flexible one keeps, unless it needs fewer. @default {8} */
  readonly minWidth?: number;
  /** Whether its cells may be cut when the table is too wide. @default {false} */
  readonly flexible?: boolean;
}

/** A table. */
export interface Table {
  readonly columns: readonly TableColumn[];
  /** Cells, safe to print and without line feeds; they may have colours. */
  readonly rows: readonly (readonly string[])[];
  /** Width to fit into; `undefined` when there is no limit. */
  readonly columnsAvailable: number | undefined;
  /** For titles. @default {PLAIN_STYLE} */
  readonly style?: Style;
}

const GAP = "  ";
const MIN_FLEXIBLE_WIDTH = 8;

/** One line for each row, cells under their titles. */
function gridLines({ columns, rows, style = PLAIN_STYLE }: Table, widths: readonly number[]) {
  const line = (cells: readonly string[], shown: (cell: string) => string) => {
    const padded = columns.map(({ align }, i) => {
      const width = widths[i] ?? 0;
      return padText(shown(truncate(cells[i] ?? "", width)), width, align);
    });
    return padded.join(GAP).trimEnd();
  };
  return [
    line(columns.map(({ title }) => title), style.bold),
    ...rows.map((row) => line(row, (cell) => cell)),
  ];
}

/** For each row a block of lines `title: value`, long values going on below; blocks stand apart. */
function blockLines({ columns, rows, style = PLAIN_STYLE }: Table, columnsAvailable: number) {
  const indent = columnsAvailable > MIN_FLEXIBLE_WIDTH ? GAP : "";
  return rows.flatMap((row, at) => {
    const lines = columns.flatMap(({ title }, i) => {
      const wrapped = wrapText(`${title}: ${row[i] ?? ""}`, columnsAvailable - indent.length);
      return wrapped.map((line, part) => {
        if (part > 0) return indent + line;
        return line.startsWith(title) ? style.bold(title) + line.slice(title.length) : line;
      });
    });
    return at === 0 ? lines : ["", ...lines];
  });
}

/**
 * A table as lines of at most `columnsAvailable`, without spaces at their ends.
 *
 * When it is too wide, flexible columns are cut, the widest first. When that is not enough, each
 * row becomes a block of lines `title: value`, in which nothing is cut.
 */
export function formatTable(table: Table): string[] {
  const { columns, rows, columnsAvailable } = table;
  if (columns.length === 0) return [];
  const widths = columns.map(({ title }, i) => {
    const least = displayWidth(title);
    return rows.reduce((most, row) => Math.max(most, displayWidth(row[i] ?? "")), least);
  });
  if (columnsAvailable === undefined) return gridLines(table, widths);
  const least = columns.map(({ flexible, minWidth = MIN_FLEXIBLE_WIDTH }, i) => {
    const width = widths[i] ?? 0;
    return flexible ? Math.min(width, Math.max(1, minWidth)) : width;
  });
  const room = columnsAvailable - GAP.length * (columns.length - 1);
  const fitting = shrinkWidths(widths, least, room);
  return fitting === undefined ? blockLines(table, columnsAvailable) : gridLines(table, fitting);
}
