import assert from "node:assert/strict";
import fc from "fast-check";
import { decide, type PairCommand, type PairRules } from "../../../lib/chat/relay/pair.ts";
import { type PairEvent, parsePairEvent } from "../../../lib/chat/relay/pair_event.ts";
import {
  clocksAt,
  emptyPair,
  foldEvents,
  isEnded,
  type PairState,
  roleOf,
} from "../../../lib/chat/relay/pair_state.ts";
import { PairModel } from "./pair_model.ts";

const seat = fc.constantFrom(0 as const, 1 as const);

const command: fc.Arbitrary<PairCommand> = fc.oneof(
  { weight: 3, arbitrary: seated() },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("say" as const), seat, text: word() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("leave" as const),
      seat,
      why: fc.constantFrom("fin" as const, "gone" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("lose", "return"), seat }) },
  { weight: 1, arbitrary: fc.constant({ type: "restart" as const }) },
  { weight: 1, arbitrary: fc.constant({ type: "flag" as const }) },
);

function seated() {
  return fc.record({
    type: fc.constant("sit" as const),
    seat,
    author: fc.integer({ min: 1, max: 4 }),
    nick: fc.constantFrom("ada", "bob"),
  });
}

function word() {
  return fc.constantFrom("one", "two", "three", "fin", "1 1", "2 1", "3 1", "3 3");
}

/** Commands, each some time after the one before. */
const steps = fc.array(
  fc.tuple(fc.constantFrom(0, 10, 10_000, 29_999, 30_000), command),
  { maxLength: 60, size: "max" },
);

/** Plays commands. @param onStep told each decision */
function play(
  list: readonly (readonly [number, PairCommand])[],
  rules: PairRules,
  onStep: (state: PairState, command: PairCommand, nowMs: number, isDone: boolean) => void,
): { readonly state: PairState; readonly events: readonly PairEvent[] } {
  let state = emptyPair;
  const events: PairEvent[] = [];
  let nowMs = 1_700_000_000_000;
  for (const [laterMs, next] of list) {
    nowMs += laterMs;
    const decision = decide(state, next, nowMs, rules);
    events.push(...decision.events);
    state = foldEvents(decision.events, state);
    onStep(state, next, nowMs, decision.refused === undefined);
  }
  return { state, events };
}

Deno.test("decide() keeps the turn rules that a naive model has", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const model = new PairModel();
      play(list, {}, (state, next, nowMs, isDone) => {
        assert.equal(isDone, model.run(next, nowMs), JSON.stringify(next));
        assert.equal(state.turn, model.relayed.length);
        assert.equal(isEnded(state), model.hasEnded);
        for (const at of [0, 1] as const) {
          const { author, isLost, last } = model.seats[at];
          const { presence, ...mine } = state.seats[at];
          assert.equal(mine.author, author);
          assert.equal(mine.last, last);
          assert.equal(presence, author === 0 ? "free" : isLost ? "lost" : "here");
          assert.equal(roleOf(state, at), model.role(at));
        }
      });
    }),
    { numRuns: 1000 },
  );
});

Deno.test("foldEvents() gives from stored events the state that there was, games included", () => {
  fc.assert(fc.property(steps, (list) => {
    const rules = { game: "nim", clockMs: 60_000 };
    const { state, events } = play(list, rules, () => {});
    assert.deepEqual(
      foldEvents(events.map((event) => parsePairEvent(JSON.stringify(event)))),
      state,
    );
  }));
});

Deno.test("decide() lets nobody's clock gain time, and nobody move when it is over", () => {
  fc.assert(fc.property(steps, (list) => {
    let before: readonly [number, number] | undefined;
    play(list, { game: "nim", clockMs: 60_000 }, (state, next, nowMs, isDone) => {
      const now = clocksAt(state, nowMs);
      if (isDone && next.type === "say" && before !== undefined) {
        assert(before[next.seat] > 0);
      }
      // A restart gives back what ran since the last event: nobody knows when the server ended.
      if (next.type === "restart") before = undefined;
      const isSame = state.play !== undefined && state.play.moves > 0;
      if (isSame && now !== undefined && before !== undefined) {
        assert(now[0] <= before[0] && now[1] <= before[1]);
      }
      before = now;
    });
  }));
});

Deno.test("decide() begins the next game with the other seat, and tells who has won", () => {
  let state = emptyPair;
  const did: PairEvent[] = [];
  const run = (next: PairCommand) => {
    const { events } = decide(state, next, 1000, { game: "nim" });
    did.push(...events);
    state = foldEvents(events, state);
  };
  run({ type: "sit", seat: 0, author: 1, nick: "ada" });
  run({ type: "sit", seat: 1, author: 2, nick: "bob" });
  for (const [at, text] of ["1 3", "2 5", "3 7"].entries()) {
    run({ type: "say", seat: at === 1 ? 1 : 0, text });
  }
  assert.deepEqual(did.map(({ type }) => type), [
    "seated",
    "seated",
    "begun",
    "said",
    "said",
    "said",
    "over",
    "begun",
  ]);
  assert.deepEqual(did.at(-2), { type: "over", timeMs: 1000, outcome: "won", winner: 0 });
  assert.deepEqual(did.at(-1), { type: "begun", timeMs: 1000, game: "nim", first: 1 });
  assert.equal(roleOf(state, 1), "emitter");
});

Deno.test("parsePairEvent() refuses what is no event", () => {
  for (const text of ["", "{}", '{"type":"said","timeMs":1,"seat":2,"text":"a"}', '{"type":"x"}']) {
    assert.throws(() => parsePairEvent(text), SyntaxError);
  }
});
