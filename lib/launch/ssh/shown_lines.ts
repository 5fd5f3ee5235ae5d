import { safeText } from "../../terminal/safe_text.ts";

/** A line of a machine, safe to print; tabs stay. */
export function shownLine(line: string): string {
  return line.split("\t").map(safeText).join("\t");
}

/** The lines of a text, safe to print, each with a line feed at its end. */
export function shownLines(text: string): string {
  if (text === "") return "";
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  return lines.map((line) => `${shownLine(line.replace(/\r$/, ""))}\n`).join("");
}
