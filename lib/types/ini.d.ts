/** Types of `ini`, which comes without. */

/**
 * What stands in the text of an .ini file: strings, `true`, `false` and `null`, lists of them, and
 * sections, which nest where their name has a dot. Objects have no prototype.
 */
export function parse(text: string): Record<string, unknown>;

/** A name or value as it stands there, without its quotes, escapes and comment. */
export function unsafe(text: string): unknown;
