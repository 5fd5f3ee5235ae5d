import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { Sim } from "./sim.ts";
import type { SimMachine } from "./sim_machine.ts";
import type { SimProcess } from "./sim_process.ts";

/** A machine whose program notes when it begins. */
async function startMachine(
  sim: Sim,
  name = "desk",
): Promise<{ machine: SimMachine; starts: number[] }> {
  const starts: number[] = [];
  const boot = () => void starts.push(Math.round(sim.clock.monotonicNs() / 1e6));
  const machine = sim.machine({ name, ppm: 100_000, boot });
  await machine.start();
  return { machine, starts };
}

function fault(kind: FaultKind, forMs: number, atMs = 0): Fault {
  return { atMs, kind, machine: "desk", forMs, dice: 0.5 };
}

/** Notes what the process sees of a timer and of a promise of the outside. */
function watch(process: SimProcess): { readonly seen: string[]; resolve: () => void } {
  const seen: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  process.clock.after(110, () => seen.push("timer"));
  process.guard(promise).then(() => seen.push("promise"));
  return { seen, resolve };
}

Deno.test("SimProcess has timers on the clock of its machine", async () => {
  const sim = new Sim(1, []);
  const { machine } = await startMachine(sim); // a tenth too fast
  const { seen } = watch(machine.process);
  await sim.clock.advance(99);
  assert.deepEqual(seen, []);
  await sim.clock.advance(2);
  assert.deepEqual(seen, ["timer"]);
});

Deno.test("SimMachine that is started while it is down starts once, when it is up", async () => {
  const sim = new Sim(1, [fault("power", 500)]);
  const starts: number[] = [];
  const boot = () => void starts.push(Math.round(sim.clock.monotonicNs() / 1e6));
  const machine = sim.machine({ name: "desk", boot });
  sim.clock.after(200, () => void machine.start());
  await sim.play(600);
  assert.deepEqual(starts, [500]);
});

Deno.test("SimProcess that is frozen sees all in order when it runs again", async () => {
  const sim = new Sim(1, [fault("freeze", 500)]);
  const { machine } = await startMachine(sim);
  const { seen, resolve } = watch(machine.process);
  const played = sim.play(600);
  await settle();
  assert.ok(machine.process.isFrozen);
  const early = sim.clock.after(300, () => {
    assert.deepEqual(seen, []);
    resolve();
  });
  await played;
  early.cancel();
  assert.deepEqual(seen, ["timer", "promise"]);
});

Deno.test("SimProcess that is killed sees nothing more, leaves no timer, and another one begins", async () => {
  const sim = new Sim(1, [fault("kill", 250, 50)]);
  const { machine, starts } = await startMachine(sim);
  const { process } = machine;
  const { seen, resolve } = watch(process);
  await sim.play(100);
  assert.ok(process.isDead);
  assert.equal(sim.clock.pendingTimers, 0);
  resolve();
  process.clock.after(1, () => seen.push("late timer"));
  await sim.clock.advance(400);
  assert.deepEqual(seen, []);
  assert.notEqual(machine.process, process);
  assert.deepEqual(starts, [0, 300]);
});

Deno.test("SimProcess that is killed is cut off, and lets go of its port", async () => {
  const sim = new Sim(1, []);
  const { machine } = await startMachine(sim);
  const { machine: other } = await startMachine(sim, "lab");
  const address = { host: "127.0.0.1", port: 7000 };
  machine.process.network.listen(address);
  const { signal } = new AbortController();
  const stream = await other.process.network.connect(address, signal);
  const read = stream.read(new Uint8Array(10)).then(() => "end", () => "broken");
  machine.begin(fault("kill", 100));
  assert.equal(await sim.clock.runUntil(read), "broken");
  await machine.end(fault("kill", 100));
  assert.equal(machine.process.network.listen(address).address.port, 7000);
});
