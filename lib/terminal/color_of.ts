import type { Look } from "./style.ts";

const COLORS = ["red", "green", "yellow", "blue", "magenta", "cyan"] as const satisfies Look[];

/** One of six colours, always the same for the same name, to tell people apart by. */
export function colorOf(name: string): typeof COLORS[number] {
  let hash = 0x811c9dc5; // FNV-1a, over UTF-16 units
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  // The low bits of FNV-1a follow the last character too closely.
  return COLORS[((hash ^ (hash >>> 15)) >>> 0) % COLORS.length] ?? "cyan";
}
