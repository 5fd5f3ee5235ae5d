/** What a store of chat has answered is there after its process was killed, once and in order. */
import assert from "node:assert/strict";
import type { ChatStore } from "../../../lib/chat/store/chat_store.ts";
import { openSqliteChatStore } from "../../../lib/chat/store/sqlite_chat_store.ts";
import { fromSource } from "../root.ts";
import { TempFolder } from "./temp_folder.ts";

const KILLS = 10;

/** More than there are. */
const ALL = 1e6;

/** What a writer had answered that was killed `afterMs` after the first one. */
async function killedAfter(path: string, afterMs: number): Promise<number[][]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fromSource("tests/e2e/library/chat_store_writer.ts"), path],
    stdout: "piped",
    signal: AbortSignal.timeout(30_000),
  }).spawn();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    timer ??= setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  const { signal } = await child.status;
  assert.equal(signal, "SIGKILL");
  // The last line may not be whole.
  return text.split("\n").slice(0, -1).map((line) => line.split(" ").map(Number));
}

/** Sequences of each author that are in the room, and in the inbox of the other. */
async function stored(store: ChatStore): Promise<Map<number, number[]>> {
  const all = new Map<number, number[]>();
  const room = (await store.linesAfter("#lobby", 0, ALL)).lines;
  const inboxes = [];
  for (const owner of [1, 2]) inboxes.push((await store.inboxAfter(owner, 0, ALL)).lines);
  for (const lines of [room, ...inboxes]) {
    for (const [i, line] of lines.entries()) {
      assert.equal(line.id, i + 1);
      assert.equal(line.text, `${line.author} ${line.timeUs}`);
      if (lines === room || "isSent" in line && !line.isSent) {
        const own = all.get(line.author);
        if (own === undefined) all.set(line.author, [line.timeUs]);
        else own.push(line.timeUs);
      }
    }
  }
  // Both inboxes have each private line, in the order of one transaction after the other.
  const texts = inboxes.map((lines) => lines.map(({ text }) => text));
  assert.deepEqual(texts[0], texts[1]);
  for (const own of all.values()) own.sort((a, b) => a - b);
  return all;
}

Deno.test("openSqliteChatStore() has all that it answered after its process was killed", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/chat.sqlite`;
  let storeId: string | undefined;
  for (let kill = 0; kill < KILLS; kill++) {
    const answered = await killedAfter(path, Math.random() * 100);
    assert(answered.length > 0);
    await using store = await openSqliteChatStore(path);
    const snapshot = await store.load();
    assert.equal(snapshot.storeId, storeId ??= snapshot.storeId);
    const all = await stored(store);
    for (const [author = 0, sequence = 0, id = 0] of answered) {
      const own = all.get(author) ?? [];
      assert(own.length >= sequence, `${own.length} of ${sequence}`);
      const { lines } = sequence % 3 === 0
        ? await store.inboxAfter(3 - author, id - 1, 1)
        : await store.linesAfter("#lobby", id - 1, 1);
      assert.equal(lines[0]?.text, `${author} ${sequence}`);
    }
    for (const [session, author] of [["ada", 1], ["bob", 2]] as const) {
      const own = all.get(author) ?? [];
      // Each one once, and the highest is what the session is said to have.
      assert(own.every((sequence, i) => sequence === i + 1));
      assert.equal((await store.find(session))?.highestSequence ?? 0, own.length);
    }
  }
});
