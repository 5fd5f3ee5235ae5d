import assert from "node:assert/strict";
import fc from "fast-check";
import type { Notes } from "../../../lib/chat/client/client_memory.ts";
import { SeenIds } from "../../../lib/chat/client/seen_ids.ts";
import { ScriptServer, ScriptStore, ScriptWorld, settleAll } from "./script_server.ts";

const STORE = "00000000000000aa";

function notesOf(map: Map<string, string>): Notes {
  return { get: (name) => map.get(name), set: (name, value) => void map.set(name, value) };
}

function seenOf(map: Map<string, string>): SeenIds {
  const seen = new SeenIds(notesOf(map));
  seen.useStore(STORE);
  return seen;
}

Deno.test("SeenIds.take() tells the next line, repeats and gaps apart", () => {
  const seen = seenOf(new Map());
  assert.equal(seen.after("#a"), undefined);
  assert.equal(seen.take("#a", 7), "next", "whatever comes first");
  assert.equal(seen.take("#a", 8), "next");
  assert.equal(seen.take("#a", 8), "repeat");
  assert.equal(seen.take("#a", 3), "repeat");
  assert.equal(seen.take("#a", 10), "gap");
  assert.equal(seen.take("#a", 9), "next");
  assert.equal(seen.after("#a"), 9);
});

Deno.test("SeenIds.useStore() makes notes of another store worthless, and tells it once", () => {
  const map = new Map<string, string>();
  const seen = seenOf(map);
  seen.anchor("#a", 5);
  const other = new SeenIds(notesOf(map));
  assert.equal(other.useStore("00000000000000bb"), true);
  assert.equal(other.after("#a"), undefined);
  assert.equal(new SeenIds(notesOf(map)).useStore("00000000000000bb"), false);
});

Deno.test("SeenIds.showing() takes no line of another store for one of this", () => {
  const map = new Map<string, string>();
  const seen = seenOf(map);
  seen.anchor("#a", 5);
  const marks = [{ storeId: "00000000000000bb", room: "#a", id: 900 }];
  seen.showing(marks);
  seen.shown(marks);
  seen.cover();
  assert.equal(seenOf(map).after("#a"), 5);
  assert.equal(seenOf(map).isMaybeSeen("#a", 6), false);
});

Deno.test("SeenIds finds after a kill exactly the last batch, whatever came before", () => {
  const batches = fc.array(
    fc.array(fc.constantFrom("#a", "#b", "@"), { minLength: 1, maxLength: 5 }),
    { maxLength: 12 },
  );
  const moment = fc.constantFrom("noted", "shown", "covered");
  fc.assert(fc.property(batches, moment, (batches, diesWhen) => {
    const map = new Map<string, string>();
    const seen = seenOf(map);
    const last = new Map<string, number>();
    const shownBefore = new Map<string, number>();
    batches.forEach((rooms, at) => {
      for (const [room, id] of last) shownBefore.set(room, id);
      const marks = rooms.map((room) => {
        const id = (last.get(room) ?? 0) + 1;
        assert.equal(seen.take(room, id), "next");
        last.set(room, id);
        return { storeId: STORE, room, id };
      });
      seen.showing(marks);
      if (at === batches.length - 1 && diesWhen === "noted") return;
      seen.shown(marks);
    });
    if (diesWhen === "covered") {
      seen.cover();
      for (const [room, id] of last) shownBefore.set(room, id);
    }
    const again = seenOf(map);
    for (const [room, id] of last) {
      assert.equal(again.after(room), shownBefore.get(room) ?? 0, room);
      for (let next = (again.after(room) ?? 0) + 1; next <= id; next++) {
        assert.equal(again.isMaybeSeen(room, next), true, room);
      }
      assert.equal(again.isMaybeSeen(room, id + 1), false, room);
    }
  }));
});

Deno.test("SeenIds keeps what may have been shown through two kills", () => {
  const map = new Map<string, string>();
  const mark = (id: number) => ({ storeId: STORE, room: "#a", id });
  const first = seenOf(map);
  first.anchor("#a", 5);
  for (const id of [6, 7, 8]) first.take("#a", id);
  first.showing([mark(8)]);
  const second = seenOf(map);
  second.take("#a", 6);
  second.showing([mark(6)]);
  second.shown([mark(6)]);
  second.cover();
  const third = seenOf(map);
  assert.equal(third.after("#a"), 6);
  assert.deepEqual([7, 8, 9].map((id) => third.isMaybeSeen("#a", id)), [true, true, false]);
});

Deno.test("ChatClient takes for shown only what is out of its process", async () => {
  const world = new ScriptWorld();
  const store = new ScriptStore();
  const server = new ScriptServer(world, store);
  const waiting: (() => void)[] = [];
  const drained = () => new Promise<void>((resolve) => waiting.push(resolve));
  const ada = await world.join({ drained }, new Map());
  await settleAll();
  for (const text of ["l1", "l2", "l3"]) {
    server.broadcast(store.add("#lobby", text));
    await settleAll();
    if (text === "l1") waiting.shift()?.();
  }
  assert.deepEqual(ada.lines(), ["#lobby 1 l1", "#lobby 2 l2", "#lobby 3 l3"]);
  const disk = ada.kill();
  await world.clock.advance(10);
  const again = await world.join({ drained: () => Promise.resolve() }, disk);
  await settleAll();
  assert.deepEqual(again.lines(), ["#lobby 2 l2 ?", "#lobby 3 l3 ?"]);
  await world.leave(again);
});

Deno.test("ChatClient marks after a kill exactly the lines of the last batch", async () => {
  const world = new ScriptWorld();
  const store = new ScriptStore();
  const server = new ScriptServer(world, store);
  const ada = await world.join({ rooms: ["#lobby", "#dev"] }, new Map());
  await settleAll();
  server.broadcast(store.add("#lobby", "l1"));
  await settleAll();
  server.broadcast(store.add("#dev", "d1"));
  await settleAll();
  server.broadcast(store.add("#lobby", "l2"));
  server.broadcast(store.add("#lobby", "l3"));
  await settleAll();
  const disk = ada.kill();
  store.add("#lobby", "l4");
  await world.clock.advance(10);
  const again = await world.join({ rooms: undefined }, disk);
  await settleAll();
  assert.deepEqual(again.lines(), ["#lobby 2 l2 ?", "#lobby 3 l3 ?", "#lobby 4 l4"]);
  await world.leave(again);
});

Deno.test("ChatClient has it on the disk that a line is shown before it shows it", async () => {
  const world = new ScriptWorld();
  const store = new ScriptStore();
  const server = new ScriptServer(world, store);
  let disk = new Map<string, Uint8Array>();
  const ada = await world.join({}, new Map(), (event, now) => {
    if (event.type === "line") disk = now;
  });
  await settleAll();
  server.broadcast(store.add("#lobby", "l1"));
  await settleAll();
  ada.kill();
  await world.clock.advance(10);
  // As it was at the very moment at which the line was shown.
  const again = await world.join({}, disk);
  await settleAll();
  assert.deepEqual(again.lines(), ["#lobby 1 l1 ?"]);
  await world.leave(again);
});

Deno.test("ChatClient shows nothing twice after it was ended in good order", async () => {
  const world = new ScriptWorld();
  const store = new ScriptStore();
  const server = new ScriptServer(world, store);
  let disk = new Map<string, Uint8Array>();
  const ada = await world.join({}, new Map());
  await settleAll();
  server.broadcast(store.add("#lobby", "l1"));
  await settleAll();
  await world.clock.runUntil(ada.client.quit());
  await world.clock.runUntil(ada.end);
  await settleAll();
  disk = ada.kill();
  store.add("#lobby", "l2");
  const again = await world.join({}, disk);
  await settleAll();
  assert.deepEqual(again.lines(), ["#lobby 2 l2"]);
  await world.leave(again);
});
