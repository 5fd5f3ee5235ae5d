/** What the JSON frames of `chat` say; files and relay have files of their own. */
import * as v from "valibot";
import type { Schema } from "../transport/parse_json.ts";
import { MAX_ANNOUNCED, MAX_PAGE } from "./limits.ts";
import { code, count, nick, shortText, u32, where, whole } from "./schema_parts.ts";

/** Optional members of valibot are `| undefined`; ours may be missing. */
function schema<T>(of: unknown): Schema<T> {
  return of as Schema<T>;
}

/** REFUSED: a line that was not taken. It is not sent again. */
export interface Refused {
  readonly sequence: number;
  /** Such as `suspended`, `no-such-nick`, `not-in-room`, `not-your-turn`, `illegal-move`. */
  readonly code: string;
  /** For people. */
  readonly message: string;
}
/** Checks a REFUSED. */
export const refusedSchema: Schema<Refused> = v.object({
  sequence: count,
  code,
  message: shortText,
});

/** A member, as others see it. */
export interface Who {
  readonly author: number;
  readonly nick: string;
  readonly isOperator?: boolean | undefined;
  /** The line to it is lost; it may come back. */
  readonly isAway?: boolean | undefined;
}
const who = v.object({
  author: u32,
  nick,
  isOperator: v.optional(v.boolean()),
  isAway: v.optional(v.boolean()),
});

/** One change in who is there. */
export interface PresenceEvent extends Who {
  /** Rooms that are concerned, as far as the receiver is in them. */
  readonly room: string;
  readonly what: "joined" | "left" | "away" | "back" | "renamed";
  /** Name before, where `what` is `renamed`. */
  readonly was?: string | undefined;
  /** Why somebody left or is away, for people: `quit: see you`, `kicked by ada: spam`, `line lost`. */
  readonly reason?: string | undefined;
  /** It is back after a restart of the server: lists change, and nothing is shown. */
  readonly isQuiet?: boolean | undefined;
}
/** PRESENCE: what has changed, in order. */
export interface Presence {
  readonly events: readonly PresenceEvent[];
}
/** Checks a PRESENCE. */
export const presenceSchema: Schema<Presence> = schema(v.object({
  events: v.pipe(
    v.array(v.object({
      ...who.entries,
      room: where,
      what: v.picklist(["joined", "left", "away", "back", "renamed"]),
      was: v.optional(nick),
      reason: v.optional(shortText),
      isQuiet: v.optional(v.boolean()),
    })),
    v.maxLength(MAX_ANNOUNCED),
  ),
}));

/** YOU: who the client is. */
export interface You {
  readonly author: number;
  readonly nick: string;
  readonly isOperator: boolean;
  readonly mode: "rooms" | "relay";
  /** Changes when the server begins a new store: ids that were seen before mean nothing then. */
  readonly storeId: string;
  /** Last id of the inbox. */
  readonly inboxLast: number;
  /** The server's wall clock, in microseconds since 1970. */
  readonly nowUs: number;
  /** What the operator wants everybody to read. */
  readonly motd?: string | undefined;
  /** Most bytes of a file; 0: none may be sent. */
  readonly maxFileBytes: number;
}
/** Checks a YOU. */
export const youSchema: Schema<You> = schema(v.object({
  author: u32,
  nick,
  isOperator: v.boolean(),
  mode: v.picklist(["rooms", "relay"]),
  storeId: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  inboxLast: count,
  nowUs: whole,
  motd: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  maxFileBytes: count,
}));

/** JOIN: enters a room, or the own inbox (`room: "@"`), and asks for what was missed. */
export interface Join {
  readonly room: string;
  /** Last id that was seen there; lines after it follow, none is skipped. */
  readonly after?: number | undefined;
  /** Without `after`: how many of the last lines shall follow; 0 for none (bots). @default {50} */
  readonly last?: number | undefined;
}
/** Checks a JOIN. */
export const joinSchema: Schema<Join> = schema(v.object({
  room: where,
  after: v.optional(count),
  last: v.optional(v.pipe(count, v.maxValue(MAX_PAGE))),
}));

/** ROOM: the answer to JOIN; the lines that were asked for follow, then PAGE, then new ones. */
export interface RoomState {
  readonly room: string;
  /** Up to {@linkcode MAX_ANNOUNCED} members, operators first. */
  readonly members: readonly Who[];
  readonly memberCount: number;
  /** Last id so far. */
  readonly last: number;
}
/** Checks a ROOM. */
export const roomStateSchema: Schema<RoomState> = schema(v.object({
  room: where,
  members: v.pipe(v.array(who), v.maxLength(MAX_ANNOUNCED)),
  memberCount: count,
  last: count,
}));

/** LEAVE: leaves a room. */
export interface Leave {
  readonly room: string;
  readonly reason?: string | undefined;
}
/** Checks a LEAVE. */
export const leaveSchema: Schema<Leave> = schema(
  v.object({ room: where, reason: v.optional(shortText) }),
);

/** HISTORY: asks for older lines of a room one is in, or of the inbox (`@`). */
export interface History {
  readonly room: string;
  /** Lines with smaller ids, the newest of them; 0: from the end. */
  readonly before: number;
  readonly limit: number;
}
/** Checks a HISTORY. */
export const historySchema: Schema<History> = v.object({
  room: where,
  before: count,
  limit: v.pipe(count, v.minValue(1), v.maxValue(MAX_PAGE)),
});

/** PAGE: ends the lines that answered a JOIN or a HISTORY; they were in the order of their ids. */
export interface Page {
  readonly room: string;
  /** What was answered. */
  readonly to: "join" | "history";
  /** First and last id of the page; 0 when it is empty. */
  readonly first: number;
  readonly last: number;
  /** Whether there are older lines still: a short page does not mean that there are none. */
  readonly hasOlder: boolean;
}
/** Checks a PAGE. */
export const pageSchema: Schema<Page> = v.object({
  room: where,
  to: v.picklist(["join", "history"]),
  first: count,
  last: count,
  hasOlder: v.boolean(),
});

/** NICK: asks for another name; the answer is YOU, or a NOTICE `nick-refused`. */
export interface NickWish {
  readonly nick: string;
}
/** Checks a NICK. */
export const nickWishSchema: Schema<NickWish> = v.object({ nick });

/** REPLY: what a COMMAND gives. */
export interface Reply {
  /** First word of the command, `!list` for one. */
  readonly command: string;
  readonly isDone: boolean;
  /** For people; safe to print once `safeText` has seen it. */
  readonly lines: readonly string[];
  /** The same for programs. */
  readonly data?: unknown;
}
/** Checks a REPLY. */
export const replySchema: Schema<Reply> = schema(v.object({
  command: shortText,
  isDone: v.boolean(),
  lines: v.pipe(v.array(v.string()), v.maxLength(10_000)),
  data: v.optional(v.unknown()),
}));

/**
 * NOTICE: what the server has to say to one client or to all. Codes: `say` (an operator), `suspended`,
 * `forgiven`, `operator`, `no-operator`, `nick-refused`, `nick-changed`, `room-refused`, `shutdown`,
 * `store-full`, `store-back`, `pace`, `away` (a private message waits), `welcome`.
 */
export interface Notice {
  readonly code: string;
  readonly message: string;
  /** Who caused it. */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  /** Until when it holds, in microseconds since 1970; missing: until it is undone. */
  readonly untilUs?: number | undefined;
  /** Room that it concerns. */
  readonly room?: string | undefined;
  /** When it will happen, `shutdown` for one, in milliseconds from now. */
  readonly inMs?: number | undefined;
}
/** Checks a NOTICE. */
export const noticeSchema: Schema<Notice> = schema(v.object({
  code,
  message: v.pipe(v.string(), v.maxLength(4096)),
  by: v.optional(shortText),
  reason: v.optional(shortText),
  untilUs: v.optional(whole),
  room: v.optional(where),
  inMs: v.optional(count),
}));
