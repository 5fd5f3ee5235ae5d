import type { Completion } from "../../terminal/complete_line.ts";
import { commandNames } from "./commands.ts";

/** What can be completed besides commands. */
export interface CompletionWords {
  readonly nicks: Iterable<string>;
  readonly rooms: Iterable<string>;
}

/** Commands whose first argument is a room. */
const OF_ROOMS: ReadonlySet<string> = new Set(["!list"]);
/** Commands that have no argument to complete. */
const OF_NOTHING: ReadonlySet<string> = new Set(
  ["!help", "!rooms", "!say", "!bans", "!log", "!shutdown"],
);

/**
 * What could stand at the cursor: a command as the first word, whom or where as the second.
 *
 * @param cursor UTF-16 index
 */
export function completeCommand(text: string, cursor: number, words: CompletionWords): Completion {
  const before = text.slice(0, cursor);
  const from = before.lastIndexOf(" ") + 1;
  const typed = before.slice(from);
  const earlier = before.slice(0, from).trim().split(/\s+/);
  if (from === 0) return { from, candidates: starting(commandNames(true), typed, " ") };
  const [command = ""] = earlier;
  if (earlier.length !== 1 || !command.startsWith("!") || OF_NOTHING.has(command)) {
    return { from, candidates: [] };
  }
  const rooms = OF_ROOMS.has(command);
  return { from, candidates: starting(rooms ? words.rooms : words.nicks, typed, rooms ? "" : " ") };
}

function starting(words: Iterable<string>, typed: string, after: string): readonly string[] {
  const start = typed.toLowerCase();
  return [...words].filter((word) => word.toLowerCase().startsWith(start)).sort()
    .map((word) => word + after);
}
