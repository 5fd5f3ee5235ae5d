import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { ConnectionGate } from "../../../lib/launch/ssh/connection_gate.ts";

const never = new AbortController().signal;

Deno.test("ConnectionGate lets 8 into a door, and others past those that wait for it", async () => {
  const gate = new ConnectionGate({ clock: new FakeClock() });
  const inside: string[] = [];
  const leave: Disposable[] = [];
  for (const door of [...Array(10).fill("a"), "b"]) {
    void gate.enter(door, never).then((each) => (inside.push(door), leave.push(each)));
  }
  await settle();
  assert.equal(inside.join(""), "aaaaaaaab");
  leave[0]?.[Symbol.dispose]();
  leave[0]?.[Symbol.dispose]();
  await settle();
  assert.equal(inside.join(""), "aaaaaaaaba", "leaving twice lets in one");
});

Deno.test("ConnectionGate does not count who takes long for others than their door", async () => {
  const clock = new FakeClock();
  const gate = new ConnectionGate({ clock, longMs: 2000 });
  for (let i = 0; i < 16; i++) await gate.enter(`dead${i}`, never);
  let isIn = false;
  void gate.enter("live", never).then(() => isIn = true);
  await clock.advance(1999);
  assert(!isIn);
  await clock.advance(1);
  assert(isIn);
});

Deno.test("ConnectionGate forgets who does not want to wait any more", async () => {
  const gate = new ConnectionGate({ clock: new FakeClock(), perDoor: 1 });
  const first = await gate.enter("a", never);
  const controller = new AbortController();
  const second = gate.enter("a", controller.signal);
  const third = gate.enter("a", never);
  controller.abort(new Error("enough"));
  await assert.rejects(second, /enough/);
  first[Symbol.dispose]();
  await third;
});

Deno.test("ConnectionGate keeps its limits and lets all in, whatever the order", async () => {
  const step = fc.record({ door: fc.constantFrom("a", "b", "c"), leaves: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const gate = new ConnectionGate({ clock: new FakeClock(), perDoor: 2, overall: 3 });
      const inside: { door: string; leave: Disposable }[] = [];
      let asked = 0;
      let entered = 0;
      const check = () => {
        assert(inside.length <= 3);
        for (const door of "abc") assert(inside.filter((each) => each.door === door).length <= 2);
      };
      const leaveOne = async () => {
        inside.shift()?.leave[Symbol.dispose]();
        await settle();
        check();
      };
      for (const { door, leaves } of steps) {
        asked++;
        void gate.enter(door, never).then((leave) => (entered++, inside.push({ door, leave })));
        await settle();
        check();
        if (leaves) await leaveOne();
      }
      while (inside.length > 0) await leaveOne();
      assert.equal(entered, asked);
    }),
    { numRuns: 50 },
  );
});
