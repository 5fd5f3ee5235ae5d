/** `timer ping` when the peer takes its requests more slowly than they are due. */
import assert from "node:assert/strict";
import { type Summary, timerRoom } from "./timer_room.ts";

const LARGE = ["--size", "64KiB", "--in-flight", "64"];

Deno.test("timer ping waits for room to send, and counts that as held back", async () => {
  await using room = await timerRoom({ thereUs: 100 });
  const flags = [...LARGE, "--rate", "1000", "--count", "500", "--samples", "a.csv", "--json"];
  const ping = room.ping(flags);
  await room.clock.advance(5);
  for (const { there } of room.network.links) there.settings.bytesPerSecond = 32e6; // 500 requests
  const { exitCode, out } = await room.ended(ping);
  const summary = JSON.parse(out) as Summary;
  assert.deepEqual([summary.end, summary.sent, summary.answered], ["done", 500, 500]);
  assert.deepEqual([exitCode, summary.isRateReached], [3, false]);
  assert.ok((summary.held.maxNs ?? 0) > 200e6);
  assert.ok((summary.lateness.maxNs ?? Infinity) < 1e6, "not the client's fault");
  for (const line of (room.texts.get("a.csv") ?? "").trimEnd().split("\n").slice(1)) {
    const [response = 0, service = 0, held = 0, lateness = 0] = line.split(",").slice(5).map(
      Number,
    );
    assert.equal(response, service + held + lateness, line);
  }
});

for (const how of [["--rate", "1000", "--count", "500"], ["--duration", "400ms"]]) {
  Deno.test(`timer ping ${how[0]} ends though nothing could be sent any more`, async () => {
    for (const resumes of [true, false]) {
      await using room = await timerRoom({ thereUs: 100 });
      const ping = room.ping([...LARGE, ...how, "--timeout", "500ms", "--json"]);
      await room.clock.advance(50);
      for (const link of room.network.links) link.stall();
      await room.clock.advance(3000);
      if (resumes) { for (const link of room.network.links) link.resume(); }
      const { exitCode, out } = await room.ended(ping);
      const { end, sent, answered, lost, unanswered } = JSON.parse(out) as Summary;
      assert.deepEqual([exitCode, end, unanswered], [3, "done", 0]);
      assert.ok(lost > 0);
      assert.equal(sent, answered + lost);
    }
  });
}

Deno.test("timer ping ends when its time is over before there is room to send again", async () => {
  await using room = await timerRoom({ thereUs: 100 });
  const ping = room.ping([...LARGE, "--duration", "2s", "--timeout", "500ms", "--json"]);
  await room.clock.advance(50);
  for (const link of room.network.links) link.stall();
  await room.clock.advance(3000);
  for (const link of room.network.links) link.resume();
  const { exitCode, out } = await room.ended(ping);
  const { end, reason } = JSON.parse(out) as Summary;
  assert.deepEqual([exitCode, end, reason], [3, "done", null]);
});

Deno.test("timer ping whose lane is full ends when the server leaves, and when it is interrupted", async () => {
  for (const how of ["leave", "interrupt"]) {
    await using room = await timerRoom({ thereUs: 100 });
    const ping = room.ping([...LARGE, "--rate", "1000", "--duration", "9s", "--json"]);
    await room.clock.advance(5);
    for (const { there } of room.network.links) there.settings.bytesPerSecond = 32e6;
    await room.clock.advance(1000);
    if (how === "leave") room.server.interrupt();
    else ping.interrupt();
    const { exitCode, out } = await room.ended(ping);
    const { end, sent, answered, lost, unanswered } = JSON.parse(out) as Summary;
    assert.deepEqual([exitCode, end], how === "leave" ? [3, "server-left"] : [130, "stopped"]);
    assert.deepEqual([lost, sent], [0, answered + unanswered]);
    if (how === "leave") assert.equal(unanswered, 0);
  }
});
