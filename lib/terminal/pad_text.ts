import { displayWidth } from "./display_width.ts";

/** `text` filled up with spaces to `columns`, on its right or, aligned right, on its left. */
export function padText(text: string, columns: number, align: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, columns - displayWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}
