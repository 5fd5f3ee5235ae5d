import type { ChatEvent } from "../../../lib/chat/chat_event.ts";

/** A line as a client shows it. */
export type ShownLine = ChatEvent & { readonly type: "line" };

/** A line on its way to somebody. */
export interface Showing {
  readonly line: ShownLine;
  /** The client could note that it shows it: its disk was not full. */
  readonly isNoted: boolean;
}
