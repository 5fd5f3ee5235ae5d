import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type GuardAction,
  type GuardEvent,
  GuardPlan,
} from "../../../lib/launch/guard/guard_plan.ts";

const started = (copy: number, graceMs = 5000) =>
  ({ type: "started", copy, pid: 100 + copy, graceMs }) as const;

/** What is sent to whom, where something is left. */
function signals(actions: readonly GuardAction[]): string[] {
  return actions.flatMap((action) =>
    (action.type === "signal" || action.type === "look") && action.signal !== undefined
      ? [`${action.signal} ${action.pid}`]
      : []
  );
}

Deno.test("GuardPlan ends copies in the reverse of their order, kills after the grace", () => {
  const plan = new GuardPlan(0, 0);
  for (const copy of [1, 2, 3]) plan.on(started(copy), 0);
  assert.deepEqual(signals(plan.on({ type: "end" }, 10)), [
    "SIGTERM 103",
    "SIGTERM 102",
    "SIGTERM 101",
  ]);
  assert.deepEqual(signals(plan.on({ type: "tick" }, 5009)), []);
  assert.equal(signals(plan.on({ type: "tick" }, 5010)).length, 3);
});

Deno.test("GuardPlan sends TERM to a copy once", () => {
  const plan = new GuardPlan(0, 0);
  plan.on(started(1), 0);
  assert.deepEqual(signals(plan.on({ type: "stop", copy: 1 }, 0)), ["SIGTERM 101"]);
  assert.deepEqual(signals(plan.on({ type: "stop", copy: 1 }, 1)), []);
  assert.deepEqual(signals(plan.on({ type: "end" }, 2)), []);
});

Deno.test("GuardPlan asks the rest of a group to go when its leader has exited", () => {
  const plan = new GuardPlan(0, 0);
  plan.on(started(1), 0);
  const actions = plan.on({ type: "exited", copy: 1 }, 5);
  assert.deepEqual(actions, [{ type: "look", copy: 1, pid: 101, signal: "SIGTERM" }]);
  assert.deepEqual(signals(plan.on({ type: "tick" }, 5005)), ["SIGKILL 101"]);
  plan.on({ type: "gone", copy: 1 }, 5006);
  assert.deepEqual(plan.on({ type: "tick" }, 5100), []);
});

Deno.test("GuardPlan signals no group of which nothing may be left without looking first", () => {
  const plan = new GuardPlan(0, 0);
  for (const copy of [1, 2]) plan.on(started(copy), 0);
  plan.on({ type: "exited", copy: 1 }, 5);
  const blind = [
    ...[plan.on({ type: "end" }, 10), plan.on({ type: "tick" }, 6000)],
    plan.on({ type: "end", graceMs: 0 }, 6001),
  ].flat().filter(({ type }) => type === "signal");
  assert.deepEqual(blind, [{ type: "signal", pid: 102, signal: "SIGTERM" }]);
});

Deno.test("GuardPlan shortens the grace when it is told to end again", () => {
  const plan = new GuardPlan(0, 0);
  plan.on(started(1, 60_000), 0);
  plan.on({ type: "end" }, 0);
  assert.deepEqual(signals(plan.on({ type: "tick" }, 100)), []);
  assert.deepEqual(signals(plan.on({ type: "end", graceMs: 0 }, 200)), ["SIGKILL 101"]);
});

Deno.test("GuardPlan ends everything when the launcher is silent for too long", () => {
  const plan = new GuardPlan(20_000, 0);
  plan.on(started(1), 0);
  plan.on({ type: "heard" }, 15_000);
  assert.deepEqual(signals(plan.on({ type: "tick" }, 34_999)), []);
  assert.deepEqual(signals(plan.on({ type: "tick" }, 35_000)), ["SIGTERM 101"]);
  assert(plan.isEnding);
});

Deno.test("GuardPlan says what it could not end, instead of waiting for ever", () => {
  const plan = new GuardPlan(0, 0);
  plan.on({ type: "end" }, 0);
  for (let ms = 0; ms < 10_000; ms += 100) {
    for (const action of plan.on({ type: "tick" }, ms)) {
      assert.notEqual(action.type, "finish");
      if (action.type === "sweep") plan.on({ type: "swept", pids: [7] }, ms);
    }
  }
  assert.deepEqual(plan.on({ type: "tick" }, 10_000), [{ type: "finish", left: [7] }]);
});

/** A process that a copy has started: in which group, and whether it minds TERM. */
interface Child {
  readonly group: number;
  readonly minds: boolean;
}

/** Processes in memory; a leader is the first of its group. */
class Machine {
  readonly alive = new Set<Child>();
  readonly leaders = new Map<number, Child>();

  signal(group: number, signal: string): void {
    for (const child of this.alive) {
      if (child.group === group && (signal === "SIGKILL" || child.minds)) this.alive.delete(child);
    }
  }

  has(group: number): boolean {
    return [...this.alive].some((child) => child.group === group);
  }
}

const step = fc.oneof(
  fc.record({ do: fc.constant("start"), minds: fc.boolean(), graceMs: fc.nat(10_000) }),
  fc.record({ do: fc.constant("fork"), at: fc.nat(), minds: fc.boolean(), leaves: fc.boolean() }),
  fc.record({ do: fc.constant("exit"), at: fc.nat() }),
  fc.record({ do: fc.constant("stop"), at: fc.nat() }),
  fc.record({ do: fc.constant("end"), graceMs: fc.option(fc.nat(3000), { nil: undefined }) }),
  fc.record({ do: fc.constant("wait"), ms: fc.nat(3000) }),
);

Deno.test("GuardPlan leaves nothing, whatever the order of events", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const plan = new GuardPlan(0, 0);
    const machine = new Machine();
    const exitTold = new Set<number>();
    let nowMs = 0;
    let isFinished = false;
    let nextGroup = 1000;
    const tell = (first: GuardEvent) => {
      const events = [first];
      for (let event; (event = events.shift()) !== undefined;) {
        for (const action of plan.on(event, nowMs)) {
          if (action.type === "signal") machine.signal(action.pid, action.signal);
          if (action.type === "look") {
            if (!machine.has(action.pid)) events.push({ type: "gone", copy: action.copy });
            else if (action.signal !== undefined) machine.signal(action.pid, action.signal);
          }
          if (action.type === "sweep") {
            const groups = [...machine.alive].map(({ group }) => group);
            for (const group of groups) {
              if (action.signal && !action.except.includes(group)) {
                machine.signal(group, action.signal);
              }
            }
            events.push({ type: "swept", pids: groups });
          }
          if (action.type === "finish") {
            isFinished = true;
            assert.deepEqual(action.left, []);
          }
        }
        for (const [copy, leader] of machine.leaders) {
          if (machine.alive.has(leader) || exitTold.has(copy)) continue;
          exitTold.add(copy);
          events.push({ type: "exited", copy });
        }
      }
    };
    const wait = (ms: number) => {
      for (const endMs = nowMs + ms; nowMs < endMs;) {
        nowMs += plan.tickMs;
        tell({ type: "tick" });
      }
    };
    for (const each of steps) {
      if (each.do === "start" && !plan.isEnding) {
        const copy = machine.leaders.size;
        const leader = { group: 100 + copy, minds: each.minds };
        machine.leaders.set(copy, leader);
        machine.alive.add(leader);
        tell(started(copy, each.graceMs));
      } else if (each.do === "fork" && machine.alive.size > 0) {
        const parent = [...machine.alive][each.at % machine.alive.size] as Child;
        machine.alive.add({
          group: each.leaves ? nextGroup++ : parent.group,
          minds: each.minds,
        });
      } else if (each.do === "exit" && machine.leaders.size > 0) {
        const copy = each.at % machine.leaders.size;
        machine.alive.delete(machine.leaders.get(copy) as Child);
        tell({ type: "tick" });
      } else if (each.do === "stop") tell({ type: "stop", copy: each.at % 5 });
      else if (each.do === "end") tell({ type: "end", graceMs: each.graceMs });
      else if (each.do === "wait") wait(each.ms);
      if (isFinished) assert.equal(machine.alive.size, 0);
    }
    tell({ type: "end" });
    wait(11_000);
    assert(isFinished, "it finishes");
    assert.equal(machine.alive.size, 0, "nothing is left");
  }));
});

Deno.test("GuardPlan asks those to go that went into sessions of their own, but no copy twice", () => {
  const plan = new GuardPlan(0, 0);
  plan.on(started(1), 0);
  const sweeps = plan.on({ type: "end" }, 0).filter(({ type }) => type === "sweep");
  assert.deepEqual(sweeps, [{ type: "sweep", except: [101], signal: "SIGTERM" }]);
  const again = plan.on({ type: "end" }, 1).filter(({ type }) => type === "sweep");
  assert.deepEqual(again, []);
});

Deno.test("GuardPlan looks twice: what forks all the time may hide from one look", () => {
  const plan = new GuardPlan(0, 0);
  plan.on({ type: "end" }, 0);
  plan.on({ type: "swept", pids: [7] }, 0);
  const [again] = plan.on({ type: "swept", pids: [] }, 1);
  assert.deepEqual(again, { type: "sweep", except: [], signal: "SIGKILL" });
  assert.deepEqual(plan.on({ type: "swept", pids: [] }, 2), [{ type: "finish", left: [] }]);
});
