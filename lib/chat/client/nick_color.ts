import type { Style } from "../../terminal/style.ts";

/** Colours that can be read on dark and on light; red is for what is wrong. */
const COLORS = ["green", "yellow", "magenta", "cyan", "blue"] as const;

/** Makes a nickname look the same wherever it stands, and most others different. */
export function nickColor(nick: string, style: Style): (text: string) => string {
  let hash = 0x811c9dc5; // FNV-1a, over UTF-16 units
  const folded = nick.toLowerCase();
  for (let i = 0; i < folded.length; i++) {
    hash = Math.imul(hash ^ folded.charCodeAt(i), 0x01000193);
  }
  // The low bits of FNV-1a follow the last character too closely.
  const mixed = (hash ^ (hash >>> 15)) >>> 0;
  const color = style[COLORS[mixed % COLORS.length] ?? "cyan"];
  const isBold = Math.floor(mixed / COLORS.length) % 2 === 1;
  return isBold ? (text) => style.bold(color(text)) : color;
}
