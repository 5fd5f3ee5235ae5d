import { cutText } from "../log/cut_text.ts";

/** Longest name that messages show whole: no option's is half as long. */
const MAX_NAME_CHARS = 80;

/** A name out of a file, cut where it would make a message too long to read. */
export function shownName(name: string): string {
  return cutText(name, MAX_NAME_CHARS);
}
