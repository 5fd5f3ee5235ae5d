import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { Fault } from "./fault.ts";
import { Sim } from "./sim.ts";
import type { SimMachine } from "./sim_machine.ts";

/** Three machines, each of which listens and counts what comes. */
async function threeMachines() {
  const sim = new Sim(1, []);
  const came = new Map<string, number>();
  const machines = ["a", "b", "c"].map((name, i) =>
    sim.machine({
      name,
      boot(process) {
        const listener = process.network.listen({ host: "127.0.0.1", port: 7000 + i });
        const take = async () => {
          for (let stream; (stream = await listener.accept()) !== undefined;) {
            const into = new Uint8Array(10);
            const { read } = stream;
            void (async () => {
              for (let count; (count = await read(into)) !== null;) {
                came.set(name, (came.get(name) ?? 0) + count);
              }
            })();
          }
        };
        void take();
      },
    })
  );
  for (const machine of machines) await machine.start();
  return { sim, came, machines: machines as [SimMachine, SimMachine, SimMachine] };
}

/** Names `c` for `a`: the second of the two others. */
const fault: Fault = { atMs: 0, kind: "apart", machine: "a", forMs: 100, dice: 0.7 };

const at = (port: number) => ({ host: "127.0.0.1", port });

Deno.test("apart: nothing goes between two machines until it is over, and both can meet others", async () => {
  const { sim, came, machines: [a, b] } = await threeMachines();
  const { signal } = new AbortController();
  const [toB, toC] = await Promise.all([
    a.process.network.connect(at(7001), signal),
    a.process.network.connect(at(7002), signal),
  ]);
  const bToC = await b.process.network.connect(at(7002), signal);
  a.begin(fault);
  for (const stream of [toB, toC, bToC]) await stream.write(new Uint8Array(3));
  await sim.clock.advance(50);
  assert.deepEqual([came.get("b"), came.get("c")], [3, 3]);
  await a.end(fault);
  await sim.clock.advance(50);
  assert.equal(came.get("c"), 6);
});

Deno.test("apart: neither can connect to the other, which is silence, until it is over", async () => {
  const { sim, machines: [a, b, c] } = await threeMachines();
  a.begin(fault);
  const waits = new AbortController();
  const ends: string[] = [];
  const dial = (from: SimMachine, port: number) =>
    from.process.network.connect(at(port), waits.signal).then(
      () => void ends.push(`${from.name} ${port}`),
      () => void ends.push(`${from.name} ${port} failed`),
    );
  for (const [from, port] of [[a, 7002], [c, 7000], [b, 7002], [a, 7001]] as const) {
    dial(from, port);
  }
  await settle();
  assert.deepEqual(ends, ["b 7002", "a 7001"]);
  waits.abort(new DOMException("timed out", "TimeoutError"));
  await settle();
  assert.deepEqual(ends.slice(2), ["a 7002 failed", "c 7000 failed"]);
  await a.end(fault);
  await c.process.network.connect(at(7000), new AbortController().signal);
  assert.equal(sim.failure, undefined);
});

Deno.test("apart: a line stays still as long as another fault wants that", async () => {
  const { sim, came, machines: [a, , c] } = await threeMachines();
  const stream = await a.process.network.connect(at(7002), new AbortController().signal);
  const stall: Fault = { ...fault, kind: "stall", machine: "c" };
  a.begin(fault);
  c.begin(stall);
  await stream.write(new Uint8Array(3));
  await a.end(fault);
  await sim.clock.advance(10);
  assert.equal(came.get("c"), undefined);
  a.begin(fault);
  await c.end(stall);
  await sim.clock.advance(10);
  assert.equal(came.get("c"), undefined);
  await a.end(fault);
  await sim.clock.advance(10);
  assert.equal(came.get("c"), 3);
});
