import assert from "node:assert/strict";
import { eventLine, logServerEvent } from "../../lib/log/server_log.ts";
import type { ServerEvent } from "../../lib/transport/listen.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { LogFixture } from "./log_fixture.ts";

const peer = { host: "127.0.0.1", port: 5 };

const EVENTS: readonly (readonly [ServerEvent, string])[] = [
  [{ type: "joined", peer, clientId: "ada" }, "tram: ada joined from 127.0.0.1:5\n"],
  [
    { type: "joined", peer, clientId: "ada\u001b[31m\n" },
    "tram: ada\\x1b[31m\\x0a joined from 127.0.0.1:5\n",
  ],
  [
    { type: "refused", peer, error: new LineError("bad-token", "The token is wrong") },
    "tram: refused 127.0.0.1:5 (bad-token: The token is wrong)\n",
  ],
  [
    {
      type: "refused",
      peer,
      error: new LineError("internal", "Cannot go on", { cause: new Error("a bug") }),
    },
    "tram: refused 127.0.0.1:5 (internal: Cannot go on: a bug)\n",
  ],
];

for (const [event, line] of EVENTS) {
  Deno.test(`logServerEvent() writes ${JSON.stringify(line)}, as eventLine() does`, async () => {
    const world = new LogFixture();
    await using log = await world.open();
    logServerEvent(log, event);
    assert.equal(world.stderr, line);
    assert.equal(`${eventLine(event, "text")}\n`, line);
  });
}

Deno.test("logServerEvent() gives the event's data to JSON logs", async () => {
  const world = new LogFixture();
  await using log = await world.open({ format: "json" });
  for (const [event] of EVENTS) logServerEvent(log, event);
  const properties = world.stderr.trim().split("\n").map((line) => JSON.parse(line).properties);
  assert.deepEqual(properties, EVENTS.map(([event]) => JSON.parse(eventLine(event, "json"))));
});

Deno.test("logServerEvent() holds back a flood of refusals of one code, and no room that joins", async () => {
  const world = new LogFixture();
  await using log = await world.open();
  const refused = { type: "refused", peer, error: new LineError("bad-token", "No") } as const;
  for (let at = 0; at < 1000; at++) logServerEvent(log, refused);
  for (let at = 0; at < 100; at++) logServerEvent(log, { type: "joined", peer, clientId: "ada" });
  logServerEvent(log, { ...refused, error: new LineError("full", "Full") });
  assert.equal(world.stderr.match(/bad-token/g)?.length, 20);
  assert.equal(world.stderr.match(/joined/g)?.length, 100);
  assert.equal(world.stderr.match(/\(full: Full\)/g)?.length, 1);
});

Deno.test("logServerEvent() holds back a flood of joining, and says how much it was", async () => {
  const world = new LogFixture();
  await using log = await world.open();
  for (let at = 0; at < 1000; at++) logServerEvent(log, { type: "joined", peer, clientId: "ada" });
  assert.equal(world.stderr.match(/ada joined/g)?.length, 100);
  await world.clock.advance(5000);
  for (let at = 0; at < 100; at++) {
    logServerEvent(log, { type: "joined", peer, clientId: "bob" });
    await world.clock.advance(50);
  }
  assert.equal(world.stderr.match(/bob joined/g)?.length, 100, "20 a second are no flood");
  assert.match(world.stderr, /\ntram: 900 more like this in the last 5 s \(joined\)\ntram: bob/);
});
