/** Parsers of values that only `chat` has. Each throws one line that says what would be right. */
import { parseSizeBytes, parseWhole } from "../config/parse_flags.ts";
import { MAX_PAGE } from "./limits.ts";

/** Highest pace: nobody types faster, and programs that do may be unlimited. */
const MAX_PACE = 100_000;

/** Names between commas, each once: `ada,bob`. @throws {SyntaxError} */
export function parseNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => /^[^\s\p{C}]{1,64}$/u.test(name))) return [...new Set(names)];
  throw new SyntaxError(`wanted a name, or several between commas, got "${text}"`);
}

/** Rooms between commas: `#lobby,#dev`; the `#` may be missing. @throws {SyntaxError} */
export function parseRooms(text: string): readonly string[] {
  return parseNames(text).map((name) => name.startsWith("#") ? name : `#${name}`);
}

/** A nickname; the server has the last word on it. @throws {SyntaxError} */
export function parseNickname(text: string): string {
  if (/^[^\s\p{C},]{1,64}$/u.test(text)) return text;
  throw new SyntaxError(`wanted a nickname without spaces, got "${text}"`);
}

/** Bytes per second: `10MB/s`; the `/s` may be missing. @throws {SyntaxError} */
export function parseByteRate(text: string): number {
  const bytes = parseSizeBytes(text.replace(/\/s$/, ""));
  if (bytes > 0) return bytes;
  throw new SyntaxError(`wanted a size per second above 0 such as 10MB/s, got "${text}"`);
}

/** Lines per second; 0 for no limit. @throws {SyntaxError} */
export function parsePace(text: string): number {
  return parseWhole(text, 0, MAX_PACE);
}

/** How many of the last lines to show. @throws {SyntaxError} */
export function parseLast(text: string): number {
  return parseWhole(text, 0, MAX_PAGE);
}

/** What everybody reads who comes in. @throws {SyntaxError} */
export function parseMotd(text: string): string {
  if (text !== "" && text.length <= 4096 && !/[^\P{C}\n]/u.test(text)) return text;
  throw new SyntaxError(`wanted 1 to 4096 letters of text, got "${text.slice(0, 100)}"`);
}

/** Number of a pair. @throws {SyntaxError} */
export function parsePair(text: string): number {
  return parseWhole(text, 1, 0x7fff_ffff);
}
