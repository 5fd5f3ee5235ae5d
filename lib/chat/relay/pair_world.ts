import type { Clock } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import type { ChatKinds } from "../protocol.ts";
import type { ChatStore } from "../store/chat_store.ts";
import type { PairRules } from "./pair.ts";
import type { RelayPair } from "./relay_pair.ts";

/** Who holds a seat, or is about to. */
export interface Holder {
  /** Number of the session. */
  readonly author: number;
  readonly nick: string;
  /** `undefined` while its line is lost. */
  connection: Connection<ChatKinds> | undefined;
  /** It knows its number and its role on this connection. */
  isGreeted: boolean;
  /** Connection on which it has said FIN. */
  finOn: Connection<ChatKinds> | undefined;
}

/** What all pairs of a server share. */
export interface PairWorld {
  readonly clock: Clock;
  readonly store: ChatStore;
  readonly rules: PairRules;
  /** Whole milliseconds since 1970, steady while the server runs. */
  readonly nowMs: () => number;
  /** Told when the store cannot keep what it should. */
  readonly onTrouble: (error: unknown) => void;
  /** Told that somebody who is connected has no seat after all: too late, by a commit. */
  readonly onTurnedAway: (holder: Holder) => void;
  /** Told when somebody has no seat any more. */
  readonly onVacant: (author: number) => void;
  /** Told when nobody will ever sit here again. */
  readonly onEnded: (pair: RelayPair) => void;
}

/** A seat's holder before its first connection, or who has come with one. */
export function newHolder(
  author: number,
  nick: string,
  connection?: Connection<ChatKinds>,
): Holder {
  return { author, nick, connection, isGreeted: false, finOn: undefined };
}
