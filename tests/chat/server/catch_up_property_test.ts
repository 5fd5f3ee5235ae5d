/** However members come and go, and however late the store answers: each line comes once, in order. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { sleep } from "../../../lib/clock/sleep.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { ChatWorld } from "../chat_world.ts";
import { HeldChatStore } from "../store/held_chat_store.ts";
import { StrictReader } from "./strict_reader.ts";

type Step =
  | { readonly do: "say"; readonly count: number; readonly size: number }
  | { readonly do: "hold" | "release" | "turn" | "wait" | "private" }
  | { readonly do: "rejoin"; readonly who: number; readonly back: number }
  | { readonly do: "lose" | "join" | "inbox" | "leave"; readonly who: number };

const who = fc.integer({ min: 0, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("rejoin" as const),
      who,
      back: fc.constantFrom(0, 1, 10, 300),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      count: fc.integer({ min: 1, max: 200 }),
      size: fc.constantFrom(1, 300, 3000), // long ones push others out of memory
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("hold", "release", "turn", "wait", "private"),
    }) as fc.Arbitrary<Step>,
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("lose", "join", "inbox", "leave"),
      who,
    }) as fc.Arbitrary<Step>,
  },
);

const steps = fc.array(step, { minLength: 3, maxLength: 40 });

/** What is read or committed is known later: by then more may be committed, or be read already. */
function answerLate(store: HeldChatStore, clock: FakeClock, delaysMs: Iterator<number>): void {
  const later = async <T>(answer: Promise<T>) => {
    const known = await answer;
    await sleep(clock, delaysMs.next().value ?? 0);
    return known;
  };
  const { append, linesAfter, inboxAfter } = store;
  store.append = (...args) => later(append.apply(store, args));
  store.linesAfter = (...args) => later(linesAfter.apply(store, args));
  store.inboxAfter = (...args) => later(inboxAfter.apply(store, args));
}

Deno.test("catchUp() skips and repeats nothing, whenever somebody comes and goes", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.nat(20)), async (steps, delaysMs) => {
      const store = new HeldChatStore();
      await using world = await ChatWorld.create({ store });
      answerLate(store, world.clock, delaysMs);
      const speaker = await (await world.member("speaker")).join();
      const readers: StrictReader[] = [];
      for (const name of ["r0", "r1", "r2"]) {
        const reader = await new StrictReader(world, name).connect();
        reader.ask("@");
        reader.ask("#lobby");
        readers.push(reader);
      }
      let said = 0;
      let whispered = 0;
      let isHeld = false;
      const back = async (reader: StrictReader) => {
        if (!reader.connection?.isOpen) await reader.connect();
        reader.ask("#lobby");
      };
      for (const each of steps) {
        switch (each.do) {
          case "say":
            for (let i = 0; i < each.count && said - (speaker.seen.acks.at(-1) ?? 0) < 250; i++) {
              speaker.say(`${++said} ${"x".repeat(each.size)}`);
            }
            break;
          case "private":
            if (said - (speaker.seen.acks.at(-1) ?? 0) < 230) {
              for (let i = 0; i < 20; i++) speaker.say(`w${++whispered}`, "@r1");
              said += 20;
            }
            break;
          case "hold":
            store.hold();
            isHeld = true;
            break;
          case "release":
            store.release();
            isHeld = false;
            break;
          case "turn":
            await settle();
            break;
          case "wait":
            await world.clock.advance(7);
            break;
          case "rejoin": // as a client does that sees a gap, or has forgotten something
            readers[each.who]?.ask("#lobby", each.back);
            readers[each.who]?.ask("@", each.back);
            break;
          case "lose":
            readers[each.who]?.link?.cut();
            break;
          case "leave":
            readers[each.who]?.connection?.send(chatService.kinds.leave, { room: "#lobby" });
            break;
          case "join":
          case "inbox": {
            const reader = readers[each.who];
            if (reader === undefined) break;
            if (isHeld) store.release(); // a handshake may need the store
            await back(reader);
            if (each.do === "inbox") reader.ask("@");
            if (isHeld) store.hold();
          }
        }
      }
      store.release();
      await world.clock.advance(100);
      for (const reader of readers) {
        if (!reader.connection?.isOpen) await reader.connect();
        reader.ask("@");
        await back(reader);
      }
      await world.clock.advance(5000);
      for (const [at, reader] of readers.entries()) {
        assert.deepEqual(reader.faults, [], `reader ${at}`);
        const inbox = at === 1 ? whispered : 0;
        assert.deepEqual(reader.last, { "#lobby": said - whispered, "@": inbox }, `reader ${at}`);
      }
      assert.deepEqual(world.troubles, []);
    }),
    { numRuns: 100 },
  );
});
