import { splitExtension } from "./split_extension.ts";

/** The name to try when others are taken: `notes.pdf`, `notes (2).pdf`, `notes (3).pdf` … */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name;
  const { base, extension } = splitExtension(name);
  return `${base} (${number})${extension}`;
}
