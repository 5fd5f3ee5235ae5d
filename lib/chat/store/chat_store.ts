/** What a server of `chat` keeps: sessions with their inboxes, rooms with their lines, who may do what, relays. */
import type { Secret } from "../../transport/proofs.ts";
import type { SessionOwner } from "../../transport/server_handshake.ts";

/** A session, as the store keeps it. */
export interface SessionRow {
  /** Its number, from 1, for ever. */
  readonly author: number;
  /** Its id, 32 hexadecimal digits. */
  readonly session: string;
  readonly clientId: string;
  /** Name of the token that it proved when it was opened; empty without one. */
  readonly tokenName: string;
  /** Its nickname; empty while it has none. */
  readonly nick: string;
  /** Last id of its inbox; 0: nothing yet. */
  readonly inboxLast: number;
  /** When it was seen last, in microseconds since 1970. */
  readonly seenUs: number;
}

/** A session with what proves it. */
export interface ProvableSession extends SessionRow {
  readonly cookie: Secret;
  readonly highestSequence: number;
}

/** Where a post goes. */
export type Destination =
  /** A room, which comes into being with its first line. */
  | { readonly kind: "room"; readonly room: string }
  /** The inboxes of another session and, as a copy, of the poster; `nick` is the other's name. */
  | { readonly kind: "private"; readonly author: number; readonly nick: string }
  /** Events of a pair of a relay, in order, as JSON. */
  | { readonly kind: "relay"; readonly pair: number; readonly events: readonly string[] }
  /** Nowhere: it was refused; only its sequence is noted. */
  | { readonly kind: "nowhere" };

/** One message of a session; or one of the server itself, with author 0 and no sequence. */
export interface Post {
  readonly author: number;
  /** Number in the session; 0 for the server, whose posts are never repeats. */
  readonly sequence: number;
  readonly timeUs: number;
  /** Name of the author now. */
  readonly nick: string;
  readonly to: Destination;
  readonly text: string;
}

/** What became of a post. */
export type Posted =
  /** It was there already: nothing is stored twice. */
  | { readonly kind: "repeated" }
  /** `id`: in the room. */
  | { readonly kind: "room"; readonly id: number }
  /** Ids in the two inboxes; the same when somebody writes to themself (one line then). */
  | { readonly kind: "private"; readonly id: number; readonly copyId: number }
  /** Number of the last of its events in the pair, from 1. */
  | { readonly kind: "relay"; readonly event: number }
  | { readonly kind: "nowhere" };

/** A line of a room. */
export interface StoredLine {
  readonly id: number;
  readonly timeUs: number;
  readonly author: number;
  readonly nick: string;
  readonly text: string;
}

/** A line of an inbox. */
export interface InboxLine extends StoredLine {
  /** Whether the owner of the inbox has said it. */
  readonly isSent: boolean;
  /** Name of the other side. */
  readonly with: string;
}

/** A page of lines, in the order of their ids. */
export interface LinePage<T extends StoredLine> {
  readonly lines: readonly T[];
  /** Whether there are older ones still. */
  readonly hasOlder: boolean;
}

/** Somebody, for ranks and bans: `token:NAME`, or `session:NUMBER` where the token has no name. */
export type Identity = string;

/** What moderation does; each is logged, and its effect is kept, in one transaction. */
export type ModerationAction =
  | "ban"
  | "suspend"
  | "forgive" // undoes both
  | "kick"
  | "op"
  | "deop"
  | "say"
  | "shutdown";

/** One entry of the moderation log. */
export interface ModerationEntry {
  readonly timeUs: number;
  /** Name of who did it; `console` for the server's. */
  readonly actor: string;
  readonly action: ModerationAction;
  /** Whom it hit; empty for `say` and `shutdown`. */
  readonly identity: Identity;
  /** Their name then. */
  readonly nick: string;
  /** Until when, in microseconds since 1970; missing: until it is undone. */
  readonly untilUs?: number | undefined;
  readonly reason: string;
}

/** A ban or suspension that holds, or has run out and not been replaced. */
export interface Sanction extends ModerationEntry {
  readonly action: "ban" | "suspend";
}

/** What a server reads when it starts. */
export interface ChatSnapshot {
  /** 16 hexadecimal digits, made with the store. */
  readonly storeId: string;
  /** All rooms that have lines. */
  readonly rooms: readonly { readonly room: string; readonly last: number }[];
  /** All sessions that have a name. */
  readonly named: readonly SessionRow[];
  readonly sanctions: readonly Sanction[];
  readonly operators: readonly Identity[];
  /** Pairs of relays that have not ended, with their events in order. */
  readonly pairs: readonly { readonly pair: number; readonly events: readonly string[] }[];
  /** Highest number of a pair ever. */
  readonly lastPair: number;
}

/**
 * The store of one server. Whatever it has answered is durable. Writes are applied in the order of the
 * calls; those of one turn of the event loop, and those that wait while a transaction runs, are committed
 * together. When a write fails, so do all that were called after it and are not committed yet, with the
 * same error: nothing overtakes what is missing.
 *
 * Everything rejects with `StoreError`.
 */
export interface ChatStore extends AsyncDisposable {
  /** What a server needs to begin. */
  load(): Promise<ChatSnapshot>;
  /** A session by its id. */
  find(session: string): Promise<ProvableSession | undefined>;
  /** Notes a new session. */
  open(session: string, cookie: Secret, owner: SessionOwner, atUs: number): Promise<SessionRow>;
  /**
   * Commits posts, in order. A post whose sequence is not above the highest of its session is a repeat.
   *
   * @throws {StoreError} nothing of it is stored then
   */
  append(posts: readonly Post[]): Promise<readonly Posted[]>;
  /** Events of a pair that no post brings, such as somebody leaving. @returns number of the last */
  appendRelay(pair: number, events: readonly string[]): Promise<number>;
  /** Says that a pair has ended: `load` leaves it out from then on. */
  endPair(pair: number): Promise<void>;
  /** All pairs ever, oldest first, for `replay`. */
  pairs(): Promise<readonly { readonly pair: number; readonly events: number }[]>;
  /** Events of one pair, in order. */
  relayEvents(pair: number): Promise<readonly string[]>;
  /** Lines of a room with ids above `after`, the oldest of them first. */
  linesAfter(room: string, after: number, limit: number): Promise<LinePage<StoredLine>>;
  /** Lines of a room with ids below `before` (0: from the end), the newest `limit` of them. */
  linesBefore(room: string, before: number, limit: number): Promise<LinePage<StoredLine>>;
  /** The same for the inbox of a session. */
  inboxAfter(author: number, after: number, limit: number): Promise<LinePage<InboxLine>>;
  inboxBefore(author: number, before: number, limit: number): Promise<LinePage<InboxLine>>;
  /** Gives a session a name; whoever had it before has none then. */
  setNick(author: number, nick: string, atUs: number): Promise<void>;
  /** Notes when a session was seen last. */
  noteSeen(author: number, atUs: number): Promise<void>;
  /** Logs what a moderator did, with its effect on sanctions and operators. */
  moderate(entry: ModerationEntry): Promise<void>;
  /** The newest entries of the log, newest first. */
  moderationLog(limit: number): Promise<readonly ModerationEntry[]>;
}
