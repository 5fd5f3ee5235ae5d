import assert from "node:assert/strict";
import fc from "fast-check";
import { MemoryChatStore } from "../../lib/chat/store/memory_chat_store.ts";
import { decide } from "../../lib/chat/relay/pair.ts";
import type { PairEvent } from "../../lib/chat/relay/pair_event.ts";
import { emptyPair, foldEvents, type PairState } from "../../lib/chat/relay/pair_state.ts";
import { replayPair } from "../../lib/chat/relay/replay_pair.ts";
import "../../lib/chat/replay.ts";
import { FakeRoom } from "../fake_context.ts";

const START_MS = Date.UTC(2026, 10, 20, 11);

/** A game of nim that ada wins, one event a second; then bob is lost, comes back, and both leave. */
function recorded(): PairEvent[] {
  const events: PairEvent[] = [];
  let state: PairState = emptyPair;
  const run = (...command: Parameters<typeof decide>[1][]) => {
    for (const one of command) {
      const timeMs = START_MS + 1000 * events.length;
      const decision = decide(state, one, timeMs, { game: "nim", clockMs: 60_000 });
      events.push(...decision.events);
      state = foldEvents(decision.events, state);
    }
  };
  run({ type: "sit", seat: 0, author: 1, nick: "ada" });
  run({ type: "sit", seat: 1, author: 2, nick: "bob" });
  run({ type: "say", seat: 0, text: "1 3" }, { type: "say", seat: 1, text: "2 5" });
  run({ type: "say", seat: 0, text: "3 7" }, { type: "lose", seat: 1 });
  run({ type: "restart" }, { type: "return", seat: 1 });
  run({ type: "leave", seat: 1, why: "fin" }, { type: "leave", seat: 0, why: "fin" });
  return events;
}

async function roomWith(...pairs: readonly (readonly unknown[])[]): Promise<FakeRoom> {
  const room = new FakeRoom();
  const store = new MemoryChatStore();
  for (const [at, events] of pairs.entries()) {
    await store.appendRelay(at + 1, events.map((event) => JSON.stringify(event)));
  }
  room.chatStores.set("a.sqlite", store);
  return room;
}

async function run(room: FakeRoom, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = room.run(["chat", "replay", ...args]);
  return { exitCode: await exitCode, lines: stdout.text.trimEnd().split("\n"), stderr };
}

Deno.test("replay() prints the only pair with its positions, and that all was legal", async () => {
  const { exitCode, lines } = await run(await roomWith(recorded()), "a.sqlite");
  assert.equal(exitCode, 0);
  assert.deepEqual(lines.slice(0, 12), [
    "2026-11-20T11:00:00.000Z  seat 1 (ada) sits down",
    "2026-11-20T11:00:01.000Z  seat 2 (bob) sits down",
    "2026-11-20T11:00:01.000Z  nim begins: seat 1 moves first, 1 min 00 s each",
    "      1: ||| (3)",
    "      2: ||||| (5)",
    "      3: ||||||| (7)",
    "2026-11-20T11:00:03.000Z  1. seat 1 (ada): 1 3",
    "      1: (0)",
    "      2: ||||| (5)",
    "      3: ||||||| (7)",
    "    clocks: 1 min 00 s, 1 min 00 s",
    "2026-11-20T11:00:04.000Z  2. seat 2 (bob): 2 5",
  ]);
  assert(lines.some((line) => line.endsWith("game over: seat 1 (ada) has won")));
  assert(lines.some((line) => line.endsWith("the server was started again")));
  assert.equal(lines.at(-1), "14 events, all by the rules");
});

Deno.test("replay() lists pairs when there are several, and prints one that is named", async () => {
  const room = await roomWith(recorded(), recorded().slice(0, 2));
  const list = await run(room, "a.sqlite");
  assert.equal(list.exitCode, 0);
  assert.match(list.lines[1] ?? "", /1 +1 and 2 +14/);
  assert.match(list.lines[2] ?? "", /2 +3 and 4 +2/);
  const one = await run(room, "a.sqlite", "2");
  assert.match(one.lines[1] ?? "", /seat 4 \(bob\) sits down/);
  const none = await run(room, "a.sqlite", "3");
  assert.equal(none.exitCode, 2);
  assert.match(none.stderr.text, /Cannot replay pair 3: there is none; wanted one of 1, 2/);
});

Deno.test("replay() gives one JSON object per event with --json", async () => {
  const { lines } = await run(await roomWith(recorded()), "a.sqlite", "--json");
  const objects = lines.map((line) => JSON.parse(line));
  assert.equal(objects.length, 14);
  assert.deepEqual(objects[3], {
    type: "event",
    pair: 1,
    event: 4,
    what: "said",
    timeUs: (START_MS + 3000) * 1000,
    seat: 1,
    text: "1 3",
    nick: "ada",
    view: ["  1: (0)", "  2: ||||| (5)", "  3: ||||||| (7)"],
    clocksMs: [60_000, 60_000],
    isLegal: true,
  });
  assert.equal(objects.find(({ what }) => what === "over").winner, 1);
});

Deno.test("replay() fails at a move that is illegal, and names it", async () => {
  const events = recorded().map((event) =>
    event.type === "said" && event.text === "2 5" ? { ...event, text: "2 6" } : event
  );
  const { exitCode, lines } = await run(await roomWith(events), "a.sqlite");
  assert.equal(exitCode, 1);
  assert(lines.includes("    ! heap 2 has 5, not 6"));
  assert.match(lines.at(-1) ?? "", /against the rules$/);
});

Deno.test("replay() makes what others have typed safe to print", async () => {
  const events = [
    ...recorded().slice(0, 2),
    { type: "said", timeMs: START_MS + 2000, seat: 0, text: "\u001b[2J\nfin\u202e" },
  ];
  const { lines } = await run(await roomWith(events), "a.sqlite");
  assert.equal(lines[2]?.endsWith(String.raw`1. seat 1 (ada): \x1b[2J\x0afin\u{202e}`), true);
});

Deno.test("replay() says in one line that there is nothing to replay", async () => {
  const room = await roomWith();
  for (const [file, why] of [["a.sqlite", /no relay was ever played/], ["b", /no such store/]]) {
    const { exitCode, stderr } = await run(room, String(file));
    assert.equal(exitCode, 2);
    assert.match(stderr.text, why as RegExp);
  }
});

Deno.test("replayPair() finds each event that is left out, doubled or moved to the other seat", () => {
  const events = recorded();
  const problems = (list: readonly unknown[]) =>
    [...replayPair(list.map((event) => JSON.stringify(event)))]
      .filter(({ problem }) => problem !== undefined).length;
  assert.equal(problems(events), 0);
  // Of what comes then nothing need be there: a restart loses all lines.
  const at = fc.integer({ min: 0, max: 7 });
  fc.assert(fc.property(at, fc.constantFrom("out", "twice", "seat"), (index, how) => {
    const event = events[index];
    assert(event !== undefined);
    const changed = "seat" in event ? { ...event, seat: 1 - event.seat } : event;
    const middle = how === "out" ? [] : how === "twice" ? [event, event] : [changed];
    if (how === "seat" && changed === event) return;
    assert(problems([...events.slice(0, index), ...middle, ...events.slice(index + 1)]) > 0);
  }));
  assert(problems(["nonsense", ...events]) > 0);
});

Deno.test("replay() reads the store that serve writes, and takes a number alone for a pair", async () => {
  const room = await roomWith(recorded(), recorded().slice(0, 3));
  room.texts.set("./tram.toml", '[chat]\nstore = "a.sqlite"\n');
  const { exitCode, lines } = await run(room, "2");
  assert.deepEqual([exitCode, lines.at(-1)], [0, "3 events, all by the rules"]);
  assert.equal((await run(room)).lines.length, 3, "a list of both");
});
