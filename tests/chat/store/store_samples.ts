/** What stores of chat are given, to see what they make of it. */
import assert from "node:assert/strict";
import type {
  ChatStore,
  ModerationAction,
  ModerationEntry,
  Post,
} from "../../../lib/chat/store/chat_store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { AUTHORS } from "./chat_store_model.ts";

/** Opens a fresh store. */
export type ChatStoreMaker = () => Promise<ChatStore>;

/** A secret of a session, to be told from others. */
export const cookie = new Uint8Array(32).fill(7);

/** More than any test writes. */
export const ALL = 1000;

/** Ids of sessions, by author. */
export const SESSIONS = ["", "a1", "b1", "b2"];

/** A line in the lobby. */
export function lobby(author: number, sequence: number, text: string, timeUs = 1000): Post {
  const nick = author === 0 ? "server" : `nick ${author}`;
  return { author, sequence, timeUs, nick, to: { kind: "room", room: "#lobby" }, text };
}

/** A private line of ours. */
export function whisper(author: number, sequence: number, to: number, text: string): Post {
  const nick = `nick ${to}`;
  return { ...lobby(author, sequence, text), to: { kind: "private", author: to, nick } };
}

/** An entry of the moderation log. */
export function entryOf(action: ModerationAction, identity: string, timeUs = 5): ModerationEntry {
  return { timeUs, actor: "console", action, identity, nick: identity.slice(6), reason: "why not" };
}

/** Opens the sessions that tests write as. */
export async function withSessions(make: ChatStoreMaker): Promise<ChatStore> {
  const store = await make();
  for (const author of AUTHORS) {
    const owner = { clientId: `client ${author}`, tokenName: author === 1 ? "ada" : "" };
    const row = await store.open(SESSIONS[author] ?? "", cookie, owner, 100);
    assert.equal(row.author, author);
  }
  return store;
}

/** Whether it is a `StoreError` with this code that says this. */
export function isStoreError(code: string, text: RegExp) {
  return (error: unknown) =>
    error instanceof StoreError && error.code === code && text.test(error.message);
}
