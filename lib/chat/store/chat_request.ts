/** What a store of chat is asked for, as messages: one for each method that is more than an ending. */
import type { Secret } from "../../transport/proofs.ts";
import type {
  ChatSnapshot,
  InboxLine,
  LinePage,
  ModerationEntry,
  Post,
  Posted,
  ProvableSession,
  SessionRow,
  StoredLine,
} from "./chat_store.ts";
import type { LineRange } from "./line_range.ts";

/** Changes something. Either all of it is committed or nothing. */
export type ChatWrite =
  | {
    readonly kind: "open";
    readonly session: string;
    readonly cookie: Secret;
    readonly clientId: string;
    readonly tokenName: string;
    readonly atUs: number;
  }
  | { readonly kind: "append"; readonly posts: readonly Post[] }
  | { readonly kind: "relay"; readonly pair: number; readonly events: readonly string[] }
  | { readonly kind: "end-pair"; readonly pair: number }
  | {
    readonly kind: "nick";
    readonly author: number;
    readonly nick: string;
    readonly atUs: number;
  }
  | { readonly kind: "seen"; readonly author: number; readonly atUs: number }
  | { readonly kind: "moderate"; readonly entry: ModerationEntry };

/** What a write comes back with, by its kind. */
export interface ChatWritten {
  readonly open: SessionRow;
  readonly append: readonly Posted[];
  readonly relay: number;
  readonly "end-pair": undefined;
  readonly nick: undefined;
  readonly seen: undefined;
  readonly moderate: undefined;
}

/** Asks for what is committed. */
export type ChatRead =
  | { readonly kind: "load" }
  | { readonly kind: "find"; readonly session: string }
  | { readonly kind: "pairs" }
  | { readonly kind: "relay-events"; readonly pair: number }
  | { readonly kind: "lines"; readonly room: string; readonly range: LineRange }
  | { readonly kind: "inbox"; readonly author: number; readonly range: LineRange }
  | { readonly kind: "log"; readonly limit: number };

/** What a read comes back with, by its kind. */
export interface ChatFound {
  readonly load: ChatSnapshot;
  readonly find: ProvableSession | undefined;
  readonly pairs: readonly { readonly pair: number; readonly events: number }[];
  readonly "relay-events": readonly string[];
  readonly lines: LinePage<StoredLine>;
  readonly inbox: LinePage<InboxLine>;
  readonly log: readonly ModerationEntry[];
}
