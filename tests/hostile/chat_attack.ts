/** What attacks on a server of `chat` share. */
import type { ChatRoom, ChatServerProcess } from "../e2e/chat_room.ts";

/** Lines per second that the server takes of one member. */
export const PACE = 200;

/** Lines that it takes at once. */
export const BURST: number = 4 * PACE;

/** What an attack on `chat` is made on. */
export interface ChatTarget {
  readonly room: ChatRoom;
  readonly server: ChatServerProcess;
  readonly port: string;
}

/** By what they show. */
export type ChatAttacks = Readonly<Record<string, (target: ChatTarget) => Promise<void>>>;

/** Text that would paint, beep, move the cursor, retitle the window, turn letters around. */
export const UGLY = "\x1b[2J\x1b]0;pwned\x07\x9b31m\x08\x7f\u202egnp.exe\u2066\u200f";

/** What must come out of no client, and must be in no name of a file. */
// deno-lint-ignore no-control-regex
export const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
