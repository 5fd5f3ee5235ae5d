/** Parts of what is shown, as lines of at most so many columns. Texts are as others sent them. */
import { safeText } from "../../terminal/safe_text.ts";
import type { Style } from "../../terminal/style.ts";
import { wrapText } from "../../terminal/wrap_text.ts";

/** How to show it. */
export interface RenderOptions {
  /** Longest line, in columns; `undefined`: there is no limit, and nothing is broken. */
  readonly columns: number | undefined;
  readonly style: Style;
  /** Own name; empty while there is none. */
  readonly me: string;
  /** Place whose name goes without saying; `undefined`: none does. */
  readonly where?: string | undefined;
  /** Wall time, microseconds since 1970, as a time of day. */
  readonly timeOf: (timeUs: number) => string;
  /** The same as a date. */
  readonly dayOf: (timeUs: number) => string;
  /** Whether there is a line to the server. */
  readonly isConnected: boolean;
  /** Now, in microseconds since 1970. */
  readonly nowUs: number;
  /** Whether this is a terminal that somebody types at: what one types there is not shown by itself. */
  readonly isTerminal: boolean;
}

/** In passing: with the time, and dim. */
export function remark(text: string, how: RenderOptions): string[] {
  const lines = wrapped(`${how.timeOf(how.nowUs)} -- ${safeText(text)}`, how.columns);
  return lines.map(how.style.dim);
}

/** What must be read. */
export function alert(text: string, how: RenderOptions): string[] {
  const lines = wrapped(`${how.timeOf(how.nowUs)} !! ${safeText(text)}`, how.columns);
  return lines.map(how.style.yellow);
}

/** What somebody says now, in a relay. */
export function said(name: string, text: string, how: RenderOptions): string[] {
  return wrapped(`${how.timeOf(how.nowUs)} <${name}> ${safeText(text)}`, how.columns);
}

/** As it is. */
export function block(text: string, how: RenderOptions, look: (text: string) => string): string[] {
  return how.columns === undefined ? [text] : wrapText(text, how.columns).map(look);
}

/** In lines, all but the first below where the text after the time begins. */
export function wrapped(text: string, columns: number | undefined): string[] {
  if (columns === undefined) return [text];
  const at = text.indexOf(" ") + 1; // after the time
  const indent = columns >= 3 * at ? at : 0;
  const lines = wrapText(text.slice(at), columns - indent);
  return lines.map((line, i) => (i === 0 ? text.slice(0, at) : " ".repeat(indent)) + line);
}
