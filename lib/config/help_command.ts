/** `tram help`: the same as `--help`, for those who ask first. */
import { command, type Program } from "./command.ts";

/** `tram help [TOPIC...]`. */
export const help = command({
  path: ["help"],
  brief: "Print help about a command",
  examples: [
    { args: "", brief: "What there is" },
    { args: "timer ping", brief: 'The same as "tram timer ping --help"' },
  ],
  positional: {
    topics: {
      parse: String,
      placeholder: "COMMAND",
      brief: "Words that name a command",
      rest: true,
    },
  },
  load: async () => (await import("./print_help.ts")).printHelp,
});

/** Words that may stand behind `words` in the name of a command. */
export function nextWords({ catalog }: Program, words: readonly string[]): readonly string[] {
  const next = catalog.filter(({ hidden, path }) =>
    !hidden && path.length > words.length && words.every((word, place) => path[place] === word)
  ).map(({ path }) => path[words.length] ?? "");
  return [...new Set(next)];
}
