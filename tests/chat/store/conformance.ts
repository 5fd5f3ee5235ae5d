/** What holds for every store of chat; run over each of them. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AUTHORS, ChatStoreModel, histories, PAIRS, ROOMS } from "./chat_store_model.ts";
import { namesContract } from "./conformance_names.ts";
import {
  ALL,
  type ChatStoreMaker,
  cookie,
  isStoreError,
  lobby,
  SESSIONS,
  whisper,
  withSessions,
} from "./store_samples.ts";

/** @param runs how many random histories to play */
export function chatStoreContract(name: string, make: ChatStoreMaker, runs: number): void {
  namesContract(name, make);

  Deno.test(`load() of ${name} is empty at first, with an id of its own`, async () => {
    await using store = await make();
    const { storeId, ...rest } = await store.load();
    assert.match(storeId, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      ...{ rooms: [], named: [], sanctions: [], operators: [], pairs: [], lastPair: 0 },
    });
    await using other = await make();
    assert.notEqual((await other.load()).storeId, storeId);
    assert.equal((await store.load()).storeId, storeId);
  });

  Deno.test(`open() of ${name} numbers sessions, and refuses one that is there`, async () => {
    await using store = await withSessions(make);
    const owner = { clientId: "eve", tokenName: "" };
    const again = store.open("a1", new Uint8Array(32), owner, 200);
    const next = store.open("e1", cookie, owner, 300);
    await assert.rejects(again, isStoreError("other", /a1.*already/));
    const row = {
      ...{ author: 4, session: "e1", clientId: "eve", tokenName: "", nick: "", inboxLast: 0 },
      seenUs: 300,
    };
    assert.deepEqual(await next, row);
    assert.deepEqual(await store.find("e1"), { ...row, cookie, highestSequence: 0 });
    assert.equal((await store.find("a1"))?.tokenName, "ada");
  });

  Deno.test(`find() of ${name} knows the cookie, the highest sequence and the inbox`, async () => {
    await using store = await withSessions(make);
    await store.append([lobby(1, 3, "hi"), whisper(1, 5, 2, "psst")]);
    await store.setNick(1, "ada", 400);
    assert.deepEqual(await store.find("a1"), {
      ...{ author: 1, session: "a1", clientId: "client 1", tokenName: "ada", nick: "ada" },
      ...{ inboxLast: 1, seenUs: 400, cookie, highestSequence: 5 },
    });
    assert.equal(await store.find("zz"), undefined);
  });

  Deno.test(`append() of ${name} does what a naive store does`, async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.infiniteStream(fc.boolean()), async (history, waits) => {
        await using store = await withSessions(make);
        const model = new ChatStoreModel();
        const results = [];
        for (const posts of history) {
          results.push(store.append(posts));
          if (waits.next().value) await results.at(-1);
        }
        const expected = history.map((posts) => posts.map((post) => model.append(post)));
        assert.deepEqual(await Promise.all(results), expected);
        for (const room of ROOMS) {
          assert.deepEqual((await store.linesAfter(room, 0, ALL)).lines, model.room(room));
        }
        for (const author of AUTHORS) {
          const inbox = model.inbox(author);
          assert.deepEqual((await store.inboxAfter(author, 0, ALL)).lines, inbox);
          const found = await store.find(SESSIONS[author] ?? "");
          assert.equal(found?.highestSequence, model.highest(author));
          assert.equal(found?.inboxLast, inbox.length);
        }
        for (const pair of PAIRS) {
          assert.deepEqual(await store.relayEvents(pair), model.pair(pair));
        }
      }),
      // To look for a shorter history takes minutes where each one has a file.
      { numRuns: runs, endOnFailure: runs < 100 },
    );
  });

  Deno.test(`append() of ${name} applies a repeat once, also within one call`, async () => {
    await using store = await withSessions(make);
    const post = lobby(1, 1, "once");
    assert.deepEqual(await store.append([post, post]), [
      { kind: "room", id: 1 },
      { kind: "repeated" },
    ]);
    assert.deepEqual(await store.append([post]), [{ kind: "repeated" }]);
    const own = [lobby(0, 0, "mine"), lobby(0, 0, "mine")];
    assert.deepEqual((await store.append(own)).map(({ kind }) => kind), ["room", "room"]);
    assert.deepEqual(await store.append([]), []);
  });

  Deno.test(`append() of ${name} keeps any text as it is`, async () => {
    await using store = await withSessions(make);
    const texts = [
      "",
      "a\0b",
      "\u{1f3f3}\u{fe0f}\u200d\u{1f308}",
      "'; DROP TABLE lines; --",
      "e\u0301",
    ];
    texts.push("x".repeat(4096));
    await store.append(texts.map((text, i) => lobby(1, i + 1, text)));
    const { lines } = await store.linesAfter("#lobby", 0, ALL);
    assert.deepEqual(lines.map(({ text }) => text), texts);
  });

  Deno.test(`append() of ${name} refuses a call whole for what nobody may ask for`, async () => {
    await using store = await withSessions(make);
    const good = lobby(1, 1, "good");
    const to = { kind: "private", author: 9, nick: "eve" } as const;
    for (
      const bad of [
        lobby(9, 1, "nobody"),
        { ...good, to },
        lobby(-1, 1, ""),
        lobby(1, 0, ""),
        lobby(1, 1.5, ""),
        lobby(1, 2 ** 53, ""),
        lobby(1, 1, "", 0.5),
        { ...good, nick: "a\0" },
        { ...good, to: { kind: "room", room: "#a\0" } as const },
        { ...good, to: { kind: "room", room: "" } as const },
        { ...good, to: { kind: "relay", pair: 0, events: [] } as const },
      ]
    ) {
      const refused = store.append([good, bad]);
      const taken = store.append([lobby(2, 1, "at the same time")]);
      await assert.rejects(refused, isStoreError("other", /^Cannot /));
      await taken;
    }
    assert.equal((await store.find("a1"))?.highestSequence, 0);
    const { lines } = await store.linesAfter("#lobby", 0, ALL);
    assert.deepEqual(lines.map(({ text }) => text), ["at the same time"]);
  });

  Deno.test(`linesAfter() and linesBefore() of ${name} give what a list would`, async () => {
    await using store = await withSessions(make);
    const ids = [1, 2, 3, 4, 5];
    await store.append(ids.map((id) => lobby(1, id, `line ${id}`)));
    await store.append(ids.map((id) => whisper(2, id, 3, `line ${id}`)));
    for (let id = 0; id <= 7; id++) {
      for (let limit = 0; limit <= 6; limit++) {
        const after = ids.filter((i) => i > id).slice(0, limit);
        const before = ids.filter((i) => id === 0 || i < id).slice(limit === 0 ? ALL : -limit);
        const newer = ids.filter((i) => id === 0 || i < id).length;
        for (
          const [page, expected, hasOlder] of [
            [await store.linesAfter("#lobby", id, limit), after, id > 0],
            [await store.inboxAfter(3, id, limit), after, id > 0],
            [await store.linesBefore("#lobby", id, limit), before, newer > limit],
            [await store.inboxBefore(2, id, limit), before, newer > limit],
          ] as const
        ) {
          assert.deepEqual(page.lines.map((line) => line.id), expected, `${id} ${limit}`);
          assert.equal(page.hasOlder, hasOlder, `${id} ${limit}`);
          assert(page.lines.every((line) => line.text === `line ${line.id}`));
        }
      }
    }
    const nothing = { lines: [], hasOlder: false };
    assert.deepEqual(await store.linesAfter("#none", 3, 5), nothing);
    assert.deepEqual(await store.linesBefore("#none", 0, 5), nothing);
    assert.deepEqual(await store.inboxBefore(1, 0, 5), nothing);
    assert.deepEqual(await store.inboxBefore(9, 0, 5), nothing);
    await assert.rejects(store.linesAfter("#lobby", -1, 5), isStoreError("other", /id -1/));
    await assert.rejects(store.linesBefore("#lobby", 0, NaN), isStoreError("other", /limit NaN/));
  });

  Deno.test(`inboxAfter() of ${name} shows both sides of private lines`, async () => {
    await using store = await withSessions(make);
    const server = { ...whisper(0, 0, 2, "hello"), nick: "server" };
    const posted = await store.append([whisper(1, 1, 2, "hi"), whisper(2, 1, 2, "note"), server]);
    assert.deepEqual(posted, [
      { kind: "private", id: 1, copyId: 1 },
      { kind: "private", id: 2, copyId: 2 },
      { kind: "private", id: 3, copyId: 0 },
    ]);
    const ada = (await store.inboxAfter(1, 0, ALL)).lines;
    const line = { timeUs: 1000, text: "hi", author: 1, nick: "nick 1" };
    assert.deepEqual(ada, [{ id: 1, ...line, isSent: true, with: "nick 2" }]);
    const bob = (await store.inboxAfter(2, 0, ALL)).lines;
    assert.deepEqual(bob[0], { id: 1, ...line, isSent: false, with: "nick 1" });
    assert.deepEqual(bob.map((kept) => [kept.with, kept.isSent]), [
      ["nick 1", false],
      ["nick 2", true],
      ["server", false],
    ]);
  });

  Deno.test(`endPair() of ${name} ends a pair for load(), not for replays`, async () => {
    await using store = await withSessions(make);
    assert.equal(await store.appendRelay(2, ["1", "2"]), 2);
    const to = { kind: "relay", pair: 1, events: ["x", "y", "z"] } as const;
    const posted = await store.append([{ ...lobby(1, 1, "move"), to }]);
    assert.deepEqual(posted, [{ kind: "relay", event: 3 }]);
    assert.equal(await store.appendRelay(2, ["3"]), 3);
    await store.endPair(2);
    await store.endPair(7);
    const { pairs, lastPair } = await store.load();
    assert.deepEqual([pairs, lastPair], [[{ pair: 1, events: ["x", "y", "z"] }], 2]);
    assert.deepEqual(await store.pairs(), [{ pair: 1, events: 3 }, { pair: 2, events: 3 }]);
    assert.deepEqual(await store.relayEvents(2), ["1", "2", "3"]);
    assert.deepEqual(await store.relayEvents(9), []);
  });

  Deno.test(`asyncDispose() of ${name} waits for what was called, and refuses the rest`, async () => {
    const store = await withSessions(make);
    let isSettled = false;
    const appended = store.append([lobby(1, 1, "last")]).then(() => isSettled = true);
    await store[Symbol.asyncDispose]();
    assert(isSettled);
    await appended;
    await store[Symbol.asyncDispose]();
    const closed = isStoreError("other", /closed/);
    await assert.rejects(store.append([lobby(1, 2, "later")]), closed);
    await assert.rejects(store.load(), closed);
  });
}
