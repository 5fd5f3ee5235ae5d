/** What somebody typed, as an action. Pure; what only the server knows is left to it. */
import { nearest } from "../../config/did_you_mean.ts";
import type { StoredSession } from "../../transport/session/session_state.ts";
import { MAX_COMMAND_BYTES, MAX_LINE_BYTES, MAX_PAGE } from "../limits.ts";
import { isCookieLike, MIN_PART_LETTERS, parseCookie } from "./cookie_text.ts";
import { roomName } from "./joined_rooms.ts";

/** What a typed line asks for. */
export type Action =
  /** To whom or where one is talking now. */
  | { readonly type: "say"; readonly text: string }
  /** To somebody; without a text, what follows goes there. */
  | { readonly type: "private"; readonly nick: string; readonly text: string }
  /** To whoever wrote last in private. */
  | { readonly type: "reply"; readonly text: string }
  | { readonly type: "join"; readonly room: string }
  /** The current one without a room. */
  | { readonly type: "leave"; readonly room: string | undefined; readonly reason: string }
  | { readonly type: "nick"; readonly nick: string }
  | { readonly type: "history"; readonly limit: number }
  | { readonly type: "ignore" | "unignore"; readonly nick: string }
  | { readonly type: "ignored" }
  | { readonly type: "cookie" }
  | { readonly type: "files" }
  | { readonly type: "help" }
  /** With the session that a cookie proves. */
  | { readonly type: "reconnect"; readonly session: StoredSession | undefined }
  /** With what is no cookie. */
  | { readonly type: "part-of-cookie"; readonly part: string }
  | { readonly type: "send"; readonly to: string; readonly path: string }
  | { readonly type: "accept" | "reject"; readonly number: number | undefined }
  | { readonly type: "cancel"; readonly number: number }
  | { readonly type: "quit"; readonly message: string }
  /** What the server answers. */
  | { readonly type: "command"; readonly text: string };

/** A command that the client itself obeys. */
interface ClientCommand {
  /** What stands behind it, for help. */
  readonly usage: string;
  readonly brief: string;
  /** `undefined` when what stands behind it has another form. */
  readonly parse: (rest: string) => Action | undefined;
}

const DEFAULT_HISTORY = 20;

/** Most bytes that a command may have as it is typed: paths are long, and it may still become a line. */
export const MAX_TYPED_COMMAND_BYTES = MAX_LINE_BYTES + 256;

const plain = (type: "ignored" | "cookie" | "files" | "help") => (rest: string) =>
  rest === "" ? { type } as const : undefined;
const optionalNumber = (type: "accept" | "reject") => (rest: string): Action | undefined => {
  const number = rest === "" ? undefined : wholeOf(rest);
  return rest !== "" && number === undefined ? undefined : { type, number };
};
const oneWord = (type: "nick" | "ignore" | "unignore") => (rest: string): Action | undefined =>
  /^\S+$/.test(rest) ? { type, nick: withoutAt(rest) } : undefined;

/** Commands of the client, in the order of the help. */
export const CLIENT_COMMANDS: Readonly<Record<string, ClientCommand>> = {
  join: {
    usage: "ROOM",
    brief: "enter a room, or switch to it",
    parse: (rest) => {
      const room = roomName(rest);
      return room.startsWith("#") && /^\S+$/.test(rest) ? { type: "join", room } : undefined;
    },
  },
  leave: {
    usage: "[ROOM] [REASON]",
    brief: "leave a room, or this one",
    parse: (rest) => {
      const [room, reason] = rest.startsWith("#") ? twoParts(rest) : [undefined, rest];
      return { type: "leave", room: room && roomName(room), reason };
    },
  },
  msg: {
    usage: "NICK [TEXT]",
    brief: "write to somebody in private, or switch to that",
    parse: (rest) => {
      const [nick, text] = twoParts(rest);
      return nick === "" ? undefined : { type: "private", nick: withoutAt(nick), text };
    },
  },
  r: {
    usage: "TEXT",
    brief: "answer who wrote last in private",
    parse: (rest) => rest === "" ? undefined : { type: "reply", text: rest },
  },
  nick: { usage: "NAME", brief: "take another name", parse: oneWord("nick") },
  history: {
    usage: "[N]",
    brief: `older lines (${DEFAULT_HISTORY} of them)`,
    parse: (rest) => {
      const limit = rest === "" ? DEFAULT_HISTORY : wholeOf(rest);
      if (limit === undefined || limit < 1 || limit > MAX_PAGE) return undefined;
      return { type: "history", limit };
    },
  },
  ignore: { usage: "NICK", brief: "show no lines of somebody", parse: oneWord("ignore") },
  unignore: { usage: "NICK", brief: "show them again", parse: oneWord("unignore") },
  ignored: { usage: "", brief: "who is ignored", parse: plain("ignored") },
  send: {
    usage: "NICK|#ROOM FILE",
    brief: "offer a file to somebody, or to all in a room",
    parse: (rest) => {
      const [to, path] = twoParts(rest);
      if (path === "") return undefined;
      return { type: "send", to: to.startsWith("#") ? roomName(to) : `@${withoutAt(to)}`, path };
    },
  },
  accept: { usage: "[N]", brief: "take a file that is offered", parse: optionalNumber("accept") },
  reject: {
    usage: "[N]",
    brief: "do not take a file that is offered",
    parse: optionalNumber("reject"),
  },
  cancel: {
    usage: "N",
    brief: "stop a file that is offered or under way",
    parse: (rest) => {
      const number = wholeOf(rest);
      return number === undefined ? undefined : { type: "cancel", number };
    },
  },
  files: { usage: "", brief: "files that are offered or under way", parse: plain("files") },
  reconnect: {
    usage: "[COOKIE]",
    brief: "connect anew; with a cookie: as whom it proves",
    parse: (rest) => {
      if (rest === "") return { type: "reconnect", session: undefined };
      const session = parseCookie(rest);
      if (session !== undefined) return { type: "reconnect", session };
      const isPart = rest.length >= MIN_PART_LETTERS && isCookieLike(rest);
      return isPart ? { type: "part-of-cookie", part: rest } : undefined;
    },
  },
  cookie: {
    usage: "",
    brief: "what proves that you are you, for another client",
    parse: plain("cookie"),
  },
  quit: {
    usage: "[MESSAGE]",
    brief: "leave the chat",
    parse: (rest) => ({ type: "quit", message: rest }),
  },
  help: { usage: "", brief: "this, and what the server can do", parse: plain("help") },
};

/** Commands that the server obeys, as far as they are known here: for completion. */
export const SERVER_COMMANDS = [
  "ban",
  "bans",
  "deop",
  "forgive",
  "kick",
  "list",
  "log",
  "op",
  "rooms",
  "say",
  "shutdown",
  "suspend",
  "who",
] as const;

/** A typed line as an action, or what is wrong with it, in one line. */
export function parseTyped(
  line: string,
): Action | { readonly type: "wrong"; readonly why: string } {
  if (!line.startsWith("!") || line.startsWith("!!")) {
    const text = line.startsWith("!!") ? line.slice(1) : line;
    return tooLong(text, MAX_LINE_BYTES, "line") ?? { type: "say", text };
  }
  const [word, rest] = twoParts(line.slice(1));
  const name = word.toLowerCase();
  const command = Object.hasOwn(CLIENT_COMMANDS, name) ? CLIENT_COMMANDS[name] : undefined;
  if (command === undefined) {
    const meant = nearest(name, Object.keys(CLIENT_COMMANDS));
    const isServers = SERVER_COMMANDS.some((one) => one === name);
    if (meant !== undefined && !isServers && nearest(name, SERVER_COMMANDS) === undefined) {
      return wrong(`There is no command !${word}; did you mean !${meant}?`);
    }
    const text = line.trimEnd();
    return tooLong(text, MAX_COMMAND_BYTES, "command") ?? { type: "command", text };
  }
  const action = command.parse(rest);
  if (action === undefined) return wrong(`Wanted: !${name} ${command.usage}`.trimEnd());
  const isLine = action.type === "private" || action.type === "reply";
  const tail = isLine ? action.text : rest;
  const isPath = action.type === "send"; // never sent as it is
  return isPath ? action : tooLong(
    tail,
    isLine ? MAX_LINE_BYTES : MAX_COMMAND_BYTES,
    isLine ? "line" : "command",
  ) ?? action;
}

/** What may stand before a line that is said to somebody. */
const BEFORE_TEXT = /^!(?:!|r\s+|msg\s+\S{1,80}\s+)/i;

/** Bytes of UTF-8 that something typed may have: where it says something, all of that can be sent. */
export function maxTypedBytes(text: string): number {
  if (!text.startsWith("!")) return MAX_LINE_BYTES;
  const [before] = BEFORE_TEXT.exec(text) ?? [];
  if (before === undefined) return MAX_TYPED_COMMAND_BYTES;
  return MAX_LINE_BYTES + new TextEncoder().encode(before).length - (before === "!!" ? 1 : 0);
}

/** What `!help` says of the client's own commands. */
export function helpRows(): readonly (readonly [string, string])[] {
  const rows = Object.entries(CLIENT_COMMANDS).map(([name, { usage, brief }]) =>
    [`!${name} ${usage}`.trimEnd(), brief] as const
  );
  return [...rows, ["!!TEXT", "say a line that begins with !"]];
}

function wrong(why: string) {
  return { type: "wrong", why } as const;
}

function tooLong(text: string, maxBytes: number, what: "line" | "command") {
  if (text.length * 3 <= maxBytes) return undefined;
  const { length } = new TextEncoder().encode(text);
  return length <= maxBytes
    ? undefined
    : wrong(`Cannot send a ${what} of ${length} bytes: at most ${maxBytes} go`);
}

/** The first word, and what follows it. */
function twoParts(text: string): readonly [string, string] {
  const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  return [word, rest];
}

function withoutAt(nick: string): string {
  return nick.replace(/^@(?=.)/, "");
}

function wholeOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
