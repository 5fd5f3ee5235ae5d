import type { CommandTable } from "./command.ts";

/** How a line with a command looks. */
export function usageLine(
  { options, positional }: CommandTable,
  prefix: readonly string[],
): string {
  const places = Object.values(positional).map(({ placeholder, optional, rest }) => {
    const place = rest ? `${placeholder}...` : placeholder;
    return optional || rest ? `[${place}]` : place;
  });
  const flags = Object.keys(options).length === 0 ? [] : ["[options]"];
  return [...prefix, ...flags, ...places].join(" ");
}
