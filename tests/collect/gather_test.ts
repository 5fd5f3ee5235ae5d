import assert from "node:assert/strict";
import { sleep } from "../../lib/clock/sleep.ts";
import type { Clock } from "../../lib/clock/clock.ts";
import { MemoryStore } from "../../lib/collect/store/memory_store.ts";
import type { SampleBatch } from "../../lib/collect/store/sample_batch.ts";
import { CollectWorld, type TestClient } from "./collect_world.ts";

/** All that is stored of a client, in order of its times. */
async function stored(world: CollectWorld, clientId: string) {
  const samples = [];
  for await (const page of world.store.export({ clientIds: [clientId] })) samples.push(...page);
  return samples;
}

Deno.test("collect stores each sample once, and knows that none is missing", async () => {
  const world = new CollectWorld({ there: { delayUs: 300 }, back: { delayUs: 300 } });
  world.serve();
  const client = world.join("ada");
  await client.sample(500, 10);
  await world.clock.runUntil(client.sender.settled());
  client.sender.end();
  await world.clock.advance(10);
  const samples = await stored(world, "ada");
  assert.deepEqual(
    samples.map(({ sequence }) => sequence),
    Array.from({ length: 500 }, (_, i) => i + 1),
  );
  const [report] = await world.store.report();
  const [session] = report?.sessions ?? [];
  assert(session !== undefined);
  const { sent, stored: count, equal, lost, repeated, isTailKnown } = session;
  assert.deepEqual(
    { sent, count, equal, lost, repeated, isTailKnown },
    { sent: 500, count: 500, equal: 0, lost: 0, repeated: 0, isTailKnown: true },
  );
  await client.stop();
  await world.stopServer("close");
  assert.deepEqual(world.troubles, []);
});

Deno.test("collect loses and doubles nothing when the server dies ten times in the middle", async () => {
  const world = new CollectWorld({ there: { delayUs: 800 }, back: { delayUs: 700 } });
  world.serve();
  const clients = ["ada", "bob", "eve"].map((id) => world.join(id));
  for (let death = 0; death < 10; death++) {
    await Promise.all([clients[0]?.sample(37 + death, 10)]);
    for (const client of clients.slice(1)) for (let i = 0; i < 5; i++) client.sender.sample();
    await world.stopServer("kill");
    await world.clock.advance(death * 3);
    world.serve();
  }
  await world.clock.runUntil(Promise.all(clients.map(({ sender }) => sender.settled())));
  for (const client of clients) client.sender.end();
  await world.clock.advance(10);
  for (const report of await world.store.report()) {
    const [session, ...others] = report.sessions;
    assert(session !== undefined);
    assert.deepEqual(others, []);
    assert.equal(session.lost, 0, report.clientId);
    assert.equal(session.sent, session.stored + session.equal);
    const samples = await stored(world, report.clientId);
    assert.equal(samples.length, session.stored);
  }
  const sent = clients.map(({ state }) => state.outbox.lastSequence);
  assert.deepEqual(sent, [415, 50, 50]);
  for (const client of clients) await client.stop();
  await world.stopServer("close");
});

Deno.test("collect knows how far a clock is off, and corrects its times", async () => {
  const world = new CollectWorld({
    there: { delayUs: 400, jitterUs: 100 },
    back: { delayUs: 200 },
  });
  world.serve();
  const offsetUs = -2_500_000;
  const client = world.join("ada", world.clock.skewedBy({ offsetUs, driftPpm: 40 }));
  await client.sample(3000, 10);
  await world.clock.runUntil(client.sender.settled());
  const { estimate } = client.sender;
  assert(estimate !== undefined);
  const truthUs = world.clock.wallUs() - world.clock.skewedBy({ offsetUs, driftPpm: 40 }).wallUs();
  assert(Math.abs(estimate.offsetUs - truthUs) <= estimate.boundUs + 40, `${estimate.offsetUs}`);
  assert(estimate.boundUs < 1000, `${estimate.boundUs}`);
  const samples = await stored(world, "ada");
  const startUs = world.clock.wallUs() - world.clock.monotonicNs() / 1000;
  for (const [index, { correctedUs, boundUs }] of samples.entries()) {
    if (correctedUs === undefined || boundUs === undefined) {
      assert(index < 10, "only the first ones come before there is an estimate");
      continue;
    }
    const trueUs = startUs + index * 10_000;
    assert(
      Math.abs(correctedUs - trueUs) <= boundUs,
      `${index}: ${correctedUs - trueUs} > ${boundUs}`,
    );
  }
  await client.stop();
  await world.stopServer("close");
});

Deno.test("collect drops the oldest samples when the server is away for too long, and says how many", async () => {
  const world = new CollectWorld();
  world.serve();
  const client = world.join("ada", world.clock, 100);
  await client.sample(50, 10);
  await world.clock.runUntil(client.sender.settled());
  await world.stopServer("kill");
  await client.sample(250, 10);
  world.serve();
  await world.clock.runUntil(client.sender.settled());
  client.sender.end();
  await world.clock.advance(10);
  const [report] = await world.store.report();
  const [session] = report?.sessions ?? [];
  assert(session !== undefined);
  const { sent, stored: count, lost } = session;
  assert.deepEqual({ sent, count, lost }, { sent: 300, count: 150, lost: 150 });
  await client.stop();
  await world.stopServer("close");
});

Deno.test("collect goes on when a clock is set in the middle, and tells the two times apart", async () => {
  const world = new CollectWorld({ there: { delayUs: 300 }, back: { delayUs: 300 } });
  world.serve();
  const client = world.join("ada");
  await client.sample(300, 10);
  world.clock.stepWall(-86_400_000_000);
  await client.sample(300, 10);
  await world.clock.runUntil(client.sender.settled());
  const [report] = await world.store.report();
  const [session] = report?.sessions ?? [];
  assert.deepEqual([session?.sent, session?.stored, session?.lost], [600, 600, 0]);
  // Client and server share the machine here: both have seen it.
  assert.deepEqual(new Set(session?.steps.map(({ side }) => side)), new Set(["client", "server"]));
  for (const { byUs } of session?.steps ?? []) assert(Math.abs(byUs + 86_400_000_000) <= 10_000);
  const { estimate } = client.sender;
  assert(estimate !== undefined && Math.abs(estimate.offsetUs) <= estimate.boundUs);
  await client.stop();
  await world.stopServer("close");
  assert.deepEqual(world.troubles, []);
});

/** A clock that nobody sets when the world's is set: that of another machine. */
function clockOfItsOwn({ clock }: CollectWorld, offsetUs = 0): Clock {
  const startUs = clock.wallUs() - Math.floor(clock.monotonicNs() / 1000) + offsetUs;
  return {
    monotonicNs: () => clock.monotonicNs(),
    wallUs: () => startUs + Math.floor(clock.monotonicNs() / 1000),
    after: (delayMs, run) => clock.after(delayMs, run),
  };
}

/** Samples, and notes what the server's clock shows each time. */
async function sampleAndNote(world: CollectWorld, client: TestClient, count: number, to: number[]) {
  for (let i = 0; i < count; i++) {
    to.push(world.clock.wallUs());
    await client.sample(1, 10);
  }
}

/** That each corrected time is within its bound, and how many there were. */
async function checkCorrected(world: CollectWorld, clientId: string, truth: readonly number[]) {
  let count = 0;
  for (const { sequence, correctedUs, boundUs } of await stored(world, clientId)) {
    if (correctedUs === undefined || boundUs === undefined) continue;
    count++;
    const farUs = Math.abs(correctedUs - (truth[sequence - 1] ?? NaN));
    assert(farUs <= boundUs, `number ${sequence} is ${farUs} us off, its bound is ${boundUs} us`);
  }
  return count;
}

Deno.test("collect corrects by the server's clock as it is, also right after it was set", async () => {
  const world = new CollectWorld({ there: { delayUs: 300 }, back: { delayUs: 300 } });
  world.serve();
  const client = world.join("ada", clockOfItsOwn(world));
  const truth: number[] = [];
  await sampleAndNote(world, client, 60, truth); // a burst of probes is over
  world.clock.stepWall(-5_000_000);
  await sampleAndNote(world, client, 20, truth); // and the server looks once a second
  await world.clock.runUntil(client.sender.settled());
  assert((await checkCorrected(world, "ada", truth)) >= 70);
  await client.stop();
  await world.stopServer("close");
});

Deno.test("collect knows the bound of samples between two steps of the server's clock", async () => {
  const world = new CollectWorld({ there: { delayUs: 300 }, back: { delayUs: 300 } });
  world.serve();
  const client = world.join("ada", clockOfItsOwn(world));
  const truth: number[] = [];
  await sampleAndNote(world, client, 60, truth);
  for (const link of world.network.links) link.stall();
  await sampleAndNote(world, client, 150, truth);
  world.clock.stepWall(-400_000);
  await sampleAndNote(world, client, 150, truth);
  world.clock.stepWall(400_000);
  await sampleAndNote(world, client, 150, truth);
  for (const link of world.network.links) link.resume();
  await sampleAndNote(world, client, 10, truth);
  await world.clock.runUntil(client.sender.settled());
  assert((await checkCorrected(world, "ada", truth)) >= 300);
  await client.stop();
  await world.stopServer("close");
});

Deno.test("collect looks at the server's clock when a client goes, and knows both of two steps", async () => {
  const world = new CollectWorld({ there: { delayUs: 300 }, back: { delayUs: 300 } });
  world.serve();
  const client = world.join("ada", clockOfItsOwn(world));
  const truth: number[] = [];
  await sampleAndNote(world, client, 110, truth); // so that the server looks next after 90 samples
  for (const link of world.network.links) link.stall();
  world.clock.stepWall(1_600_000);
  await sampleAndNote(world, client, 20, truth);
  for (const link of world.network.links) link.cut();
  await world.clock.advance(1);
  world.clock.stepWall(-50_000_000);
  await sampleAndNote(world, client, 200, truth);
  await world.clock.runUntil(client.sender.settled());
  assert((await checkCorrected(world, "ada", truth)) >= 300);
  const [report] = await world.store.report();
  assert.equal(report?.sessions[0]?.steps.length, 2);
  await client.stop();
  await world.stopServer("close");
});

Deno.test("collect forgets what it knew of a clock when its client left out a step", async () => {
  const world = new CollectWorld({ there: { delayUs: 300 }, back: { delayUs: 300 } });
  world.serve();
  const client = world.join("ada", clockOfItsOwn(world));
  const truth: number[] = [];
  await sampleAndNote(world, client, 60, truth);
  await world.clock.runUntil(client.sender.settled());
  await client.stop();
  // The clock is set while nobody looks; then another process goes on with the session.
  const before = { state: client.state, steps: 1000 };
  const again = world.join("ada", clockOfItsOwn(world, 7_000_000), 100_000, before);
  await sampleAndNote(world, again, 200, truth);
  await world.clock.runUntil(again.sender.settled());
  const { estimate } = again.sender;
  assert(estimate !== undefined && Math.abs(estimate.offsetUs + 7_000_000) <= estimate.boundUs);
  assert((await checkCorrected(world, "ada", truth)) >= 200);
  const [report] = await world.store.report();
  assert.equal(report?.sessions.length, 1);
  await again.stop();
  await world.stopServer("close");
});

Deno.test("collect sees a step of the server's clock before one of a client that came later", async () => {
  const store = new MemoryStore();
  const world = new CollectWorld({ there: { delayUs: 300 }, back: { delayUs: 300 } }, store);
  const append = store.append.bind(store);
  store.append = async (batch: SampleBatch) => {
    const copy = { ...batch, timesUs: batch.timesUs.slice() };
    await sleep(world.clock, 2000); // so that most samples come after the client's STEP
    return append(copy);
  };
  world.serve();
  const plain = clockOfItsOwn(world);
  let setByUs = 0;
  const client = world.join("ada", { ...plain, wallUs: () => plain.wallUs() + setByUs });
  const truth: number[] = [];
  await sampleAndNote(world, client, 60, truth);
  world.clock.stepWall(400_000);
  await sampleAndNote(world, client, 10, truth);
  setByUs = 300_000;
  await sampleAndNote(world, client, 10, truth);
  await world.clock.runUntil(client.sender.settled());
  assert((await checkCorrected(world, "ada", truth)) >= 69);
  await client.stop();
  await world.stopServer("close");
});
