/** What the commands of `!…` get and give. */
import type { Clock } from "../../clock/clock.ts";
import type { Reply } from "../messages.ts";
import type { ChatHost } from "../chat_host.ts";
import type { ChatStore, Identity } from "../store/chat_store.ts";
import type { Actor } from "./actor.ts";
import type { SanctionBook } from "./sanction_book.ts";

/** What moderation has of the store. */
export type ModerationStore = Pick<ChatStore, "moderate" | "moderationLog">;

/** One command, and what it works with. */
export interface CommandCall {
  readonly actor: Actor;
  /** What stands after the command, without spaces around it. */
  readonly rest: string;
  readonly host: ChatHost;
  readonly store: ModerationStore;
  readonly book: SanctionBook;
  readonly clock: Clock;
  /** Whether somebody is an operator, by `!op` or by the flag. */
  readonly isOperator: (identity: Identity) => boolean;
  /** Whether somebody is an operator by the flag, which no command undoes. */
  readonly isNamedOperator: (identity: Identity) => boolean;
}

/** A reply that does not name its command yet. */
export type Answer = Omit<Reply, "command">;

/** It was done. @param lines safe to print */
export function done(lines: readonly string[], data?: unknown): Answer {
  return { isDone: true, lines, ...(data === undefined ? {} : { data }) };
}

/** It was not. @param line safe to print; says what would be right */
export function refused(line: string, data?: unknown): Answer {
  return { isDone: false, lines: [line], ...(data === undefined ? {} : { data }) };
}
