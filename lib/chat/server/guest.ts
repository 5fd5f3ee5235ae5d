import type { Timer } from "../../clock/clock.ts";
import type { Identity } from "../store/chat_store.ts";
import { Follower } from "./follower.ts";
import type { ChatMember } from "./member.ts";

/**
 * A session that is here: connected, away for less than 30 s, or with lines that wait for their
 * commit. It outlives its connections; whatever is answered goes to the one that it has then.
 */
export class Guest {
  /** Its connection, while it has one. */
  member: ChatMember | undefined;
  nick = "";
  identity: Identity;
  /** Names of the rooms that it is in. */
  readonly rooms = new Set<string>();
  /** Its inbox: how far its connection has got, and its last id. */
  readonly inbox = new Follower();
  inboxLast: number;
  /** Highest sequence that was handed to the store. */
  taken: number;
  /** Highest sequence that is committed. */
  committed: number;
  /** Lines that were handed to the store and are not committed. */
  uncommitted = 0;
  /** Others were told that it is away. */
  isAwayTold = false;
  /** What happens when it stays away, or stays out of rooms that it was in. */
  awayTimer: Timer | undefined;
  /** An ACK is due at the end of what is being answered. */
  isAckDue = false;

  constructor(
    readonly author: number,
    readonly session: string,
    start: { readonly identity: Identity; readonly inboxLast: number; readonly sequence: number },
  ) {
    this.identity = start.identity;
    this.inboxLast = start.inboxLast;
    this.taken = this.committed = start.sequence;
  }
}
