/** Keys that have a name. */
export type KeyName =
  | "enter"
  | "tab"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "up"
  | "down"
  | "home"
  | "end"
  | "page-up"
  | "page-down"
  | "word-left"
  | "word-right"
  | "escape";

/** What was pressed or pasted. */
export type Key =
  /** Text that was typed: at least one code point, none of them a control character below U+0020. */
  | { readonly type: "text"; readonly text: string }
  /** A part of what was pasted, as it came: it may hold line feeds and control characters. */
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "key"; readonly name: KeyName }
  /** A letter with Ctrl, in lower case; or one of `@[\]^_`. */
  | { readonly type: "ctrl"; readonly letter: string }
  /** A character with Alt; U+007F is Alt with backspace. */
  | { readonly type: "alt"; readonly letter: string };
