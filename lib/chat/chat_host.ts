/** What the parts of a server of `chat` (moderation, files) may ask of the whole, and do with it. */
import type { Connection } from "../transport/connection.ts";
import type { Notice } from "./messages.ts";
import type { ChatKinds } from "./protocol.ts";
import type { Identity } from "./store/chat_store.ts";

/** Somebody who is connected. */
export interface Member {
  readonly connection: Connection<ChatKinds>;
  /** Number of the session. */
  readonly author: number;
  /** Changes when the member takes another name. */
  readonly nick: string;
  readonly identity: Identity;
  /** Names of the rooms that it is in. */
  readonly rooms: ReadonlySet<string>;
  /** When it came in, in microseconds since 1970. */
  readonly sinceUs: number;
}

/** Somebody who has a name here, connected or not. */
export interface Known {
  readonly author: number;
  readonly nick: string;
  readonly identity: Identity;
  /** When they were seen last, in microseconds since 1970. */
  readonly seenUs: number;
  readonly member: Member | undefined;
}

/** A server, as its parts see it. */
export interface ChatHost {
  /** Everybody who is connected. */
  members(): Iterable<Member>;
  /** By number of the session. */
  memberOf(author: number): Member | undefined;
  /** By a nickname as it was typed: case and look-alikes do not matter. */
  known(nick: string): Known | undefined;
  /** Rooms that have somebody in them or have lines. */
  rooms(): Iterable<{ readonly room: string; readonly members: number; readonly last: number }>;
  /** Who is in a room. */
  membersOf(room: string): Iterable<Member>;
  /** Tells one member something. */
  tell(member: Member, notice: Notice): void;
  /** Tells everybody who is connected, encoded once. */
  tellAll(notice: Notice): void;
  /** Ends a member's connection; others hear the reason. @param code such as `chat.kicked` */
  cut(member: Member, code: `chat.${string}`, message: string): void;
  /** A member's rank has changed: tells it and the others. */
  rankChanged(identity: Identity): void;
  /** A line of the server itself, into each room that has members, or into one. */
  say(text: string, room?: string): void;
  /** Tells everybody that the server goes down, and lets it, after so many milliseconds. */
  shutdown(inMs: number, reason: string): void;
}
