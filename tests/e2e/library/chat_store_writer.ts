/**
 * Appends to a store of chat until it is killed, two sessions by turns, and prints what was answered:
 * `AUTHOR SEQUENCE ID`, of the last line of each call. Each third line is private, from one to the
 * other. Goes on where the store says that the session is.
 */
import type { ChatStore, Post } from "../../../lib/chat/store/chat_store.ts";
import { openSqliteChatStore } from "../../../lib/chat/store/sqlite_chat_store.ts";

const encoder = new TextEncoder();

async function sessionOf(store: ChatStore, session: string) {
  const cookie = new Uint8Array(32);
  return await store.find(session) ?? {
    ...await store.open(session, cookie, { clientId: session, tokenName: "" }, 1),
    highestSequence: 0,
  };
}

function postOf(author: number, sequence: number): Post {
  const to = sequence % 3 === 0
    ? { kind: "private", author: 3 - author, nick: `n${3 - author}` } as const
    : { kind: "room", room: "#lobby" } as const;
  const text = `${author} ${sequence}`;
  return { author, sequence, timeUs: sequence, nick: `n${author}`, to, text };
}

async function appendFor(store: ChatStore, author: number, highest: number): Promise<void> {
  for (let sequence = highest + 1;;) {
    const count = 1 + sequence % 7;
    const posts = Array.from({ length: count }, (_, i) => postOf(author, sequence + i));
    const last = (await store.append(posts)).at(-1);
    const id = last !== undefined && "id" in last ? last.id : 0;
    sequence += count;
    Deno.stdout.writeSync(encoder.encode(`${author} ${sequence - 1} ${id}\n`));
  }
}

if (import.meta.main) {
  const store = await openSqliteChatStore(Deno.args[0] ?? "");
  const rows = [await sessionOf(store, "ada"), await sessionOf(store, "bob")];
  await Promise.all(
    rows.map(({ author, highestSequence }) => appendFor(store, author, highestSequence)),
  );
}
