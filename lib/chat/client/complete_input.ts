import type { Completion } from "../../terminal/complete_line.ts";
import { CLIENT_COMMANDS, SERVER_COMMANDS } from "./client_commands.ts";
import { completePath } from "./complete_path.ts";

/** What there is to choose from. */
export interface CompletionNames {
  readonly nicks: readonly string[];
  readonly rooms: readonly string[];
  /** What is in a folder, folders with a `/` at their end. */
  readonly namesIn: (folder: string) => readonly string[];
}

/** Commands that a room follows. */
const WANT_ROOM: ReadonlySet<string> = new Set(["join", "leave", "list"]);
/** Commands that a nickname follows. */
const WANT_NICK: ReadonlySet<string> = new Set(
  ["msg", "ignore", "unignore", "send", "who", "suspend", "ban", "forgive", "kick", "op", "deop"],
);

/** What could stand at the cursor: commands, nicknames, rooms, paths. */
export function completeInput(
  text: string,
  cursor: number,
  { nicks, rooms, namesIn }: CompletionNames,
): Completion {
  const before = text.slice(0, cursor);
  const [, path] = /^!send\s+\S+\s+(.*)$/is.exec(before) ?? [];
  if (path !== undefined) {
    return { from: before.length - path.length, candidates: completePath(path, namesIn) };
  }
  const from = before.search(/\S*$/);
  const typed = before.slice(from);
  const startsLine = from === 0;
  if (startsLine && typed.startsWith("!") && !typed.startsWith("!!")) {
    const commands = [...Object.keys(CLIENT_COMMANDS), ...SERVER_COMMANDS].map((name) =>
      `!${name}`
    );
    return { from, candidates: matching(commands, typed).sort().map((name) => `${name} `) };
  }
  const [, command, between = ""] = /^!([a-z]+)\s+(.*)$/is.exec(before.slice(0, from)) ?? [];
  const isFirst = command !== undefined && between === "";
  if (typed.startsWith("#")) return { from, candidates: spaced(matching(rooms, typed)) };
  if (isFirst && WANT_ROOM.has(command)) {
    const names = rooms.filter((room) => folded(room).startsWith(`#${folded(typed)}`));
    return { from, candidates: spaced(names) };
  }
  if (isFirst && WANT_NICK.has(command) && !typed.startsWith("@")) {
    return { from, candidates: spaced(matching(nicks, typed)) };
  }
  if (typed.startsWith("@")) {
    return { from, candidates: spaced(matching(nicks.map((nick) => `@${nick}`), typed)) };
  }
  const end = startsLine ? ": " : " ";
  return { from, candidates: typed === "" ? [] : matching(nicks, typed).map((n) => n + end) };
}

function matching(names: readonly string[], typed: string): string[] {
  return names.filter((name) => folded(name).startsWith(folded(typed)));
}

function spaced(names: readonly string[]): string[] {
  return names.map((name) => `${name} `);
}

function folded(text: string): string {
  return text.toLowerCase();
}
