import assert from "node:assert/strict";
import { CollectWorld } from "./collect_world.ts";

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
