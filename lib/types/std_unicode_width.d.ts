/** Types of `@std/cli/unicode-width`, which the npm package comes without. */

/** Columns that `text` takes in a terminal: 2 for wide characters, 0 for combining ones. */
export function unicodeWidth(text: string): number;
