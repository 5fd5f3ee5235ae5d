/**
 * Text that somebody else sent, made safe to print: control characters (escape sequences begin with
 * one) and the characters that reorder text become visible. Source: Unicode 15, general category Cc,
 * and the Bidi_Control property (UAX #9).
 */

// deno-lint-ignore no-control-regex -- these are what must not get through
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** `text` with each unsafe character as `\xNN` or `\u{NNNN}`. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** A value as one line of JSON that is safe to print: what is unsafe is escaped, not changed. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
