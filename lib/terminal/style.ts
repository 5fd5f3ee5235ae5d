/** Colours and weight of text in a terminal (ECMA-48, SGR), or none. */
import type { Output } from "../context.ts";

/** What text can look like: its code, and the code that ends it. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

/** Name of a look. */
export type Look = keyof typeof CODES;

/** Functions that make text look so, or leave it as it is. */
export type Style = Readonly<Record<Look, (text: string) => string>>;

function styleOf(look: (code: number, end: number) => (text: string) => string): Style {
  const { bold, dim, red, green, yellow, blue, magenta, cyan } = CODES;
  return {
    bold: look(...bold),
    dim: look(...dim),
    red: look(...red),
    green: look(...green),
    yellow: look(...yellow),
    blue: look(...blue),
    magenta: look(...magenta),
    cyan: look(...cyan),
  };
}

/** Leaves text as it is. */
export const PLAIN_STYLE: Style = styleOf(() => (text) => text);

const COLOR_STYLE: Style = styleOf((code, end) => (text) => {
  return text === "" ? "" : `\u001b[${code}m${text}\u001b[${end}m`;
});

/** How text for `output` is made to look: with colours only where they are wanted. */
export function styleFor(output: Pick<Output, "hasColor">): Style {
  return output.hasColor ? COLOR_STYLE : PLAIN_STYLE;
}
