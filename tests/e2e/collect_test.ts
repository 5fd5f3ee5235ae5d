/** `collect serve` and `collect send` as their users start, stop and start them again. */
import assert from "node:assert/strict";
import { joined, left, runTram, wait } from "./processes.ts";
import { summaryOf, until, withRoom } from "./collect_room.ts";

const ENDLESS = ["--interval", "10ms"];

Deno.test("collect send takes --count samples, and each is stored once", () =>
  withRoom(async (room) => {
    await using server = await room.serve();
    const { taken, waiting, dropped, isStopped } = await room.sent(server.port, ["-c", "50"]);
    assert.deepEqual({ taken, waiting, dropped, isStopped }, {
      taken: 50,
      waiting: 0,
      dropped: 0,
      isStopped: false,
    });
    server.process.kill("SIGINT");
    const { code, stderr } = await server.process.ended;
    assert.equal(code, 0, stderr);
    const files = [...Deno.readDirSync(room.folder)].map(({ name }) => name);
    assert(!files.includes("store.sqlite-wal"), "one file is left that can be copied");
    const [session, ...others] = room.read();
    assert.equal(others.length, 0);
    const { highest, stored, equal, endSequence, rows, sequences, lastSequence } = session!;
    assert.deepEqual([highest, stored, equal, endSequence], [50, 50, 0, 50]);
    assert.deepEqual([rows, sequences, lastSequence], [50, 50, 50]);
  }));

Deno.test("collect send takes samples for --duration, and counts the ticks that it missed", () =>
  withRoom(async (room) => {
    await using server = await room.serve();
    const args = ["--duration", "1s", "--interval", "20ms"];
    const { taken, missed, waiting } = await room.sent(server.port, args);
    assert.equal(waiting, 0);
    assert.equal(taken + missed, 50, `${taken} taken, ${missed} missed`);
    assert.equal(room.read()[0]?.rows, taken);
  }));

Deno.test("collect send says for people what was stored and how far the clock is off", () =>
  withRoom(async (room) => {
    await using server = await room.serve();
    const args = ["collect", "send", "--port", server.port, "--count", "80", "--id", "lab-3"];
    const { code, stdout, stderr } = await runTram(args, room.env);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^lab-3 to 127\.0\.0\.1:\d+: 80 samples taken, 80 stored/);
    assert.match(stdout, /^this clock is off by [+-][\d.]+ (?:ns|us|ms) ± [\d.]+ (?:us|ms)$/m);
  }));

Deno.test("collect send prints what it has on ^C, all of it acknowledged, and ends with 130", () =>
  withRoom(async (room) => {
    await using server = await room.serve();
    await using client = room.send(server.port, ENDLESS);
    await joined(server.process, 1);
    await wait(300);
    client.kill("SIGINT");
    const { taken, waiting, isStopped } = await summaryOf(client, 130);
    assert.equal(waiting, 0);
    assert(isStopped && taken > 0);
    await left(server.process, 1);
    const [session] = room.read();
    assert.deepEqual([session?.rows, session?.sequences], [taken, taken]);
    await until("the end is noted", () => room.read()[0]?.endSequence === taken);
  }));

Deno.test("collect send names on ^C what a server that is away has not acknowledged", () =>
  withRoom(async (room) => {
    await using server = await room.serve();
    await using client = room.send(server.port, [...ENDLESS, "--timeout", "300ms"]);
    await joined(server.process, 1);
    await until("some are stored", () => (room.read()[0]?.rows ?? 0) >= 20);
    server.process.kill("SIGKILL");
    await server.process.ended;
    await wait(300);
    client.kill("SIGINT");
    const { taken, waiting, dropped } = await summaryOf(client, 130);
    const [session] = room.read();
    assert(waiting > 0);
    assert.equal(dropped, 0);
    assert(session!.rows >= taken - waiting, "what it calls stored is");
    assert(session!.rows <= taken);
    assert.equal(session!.endSequence, null);
  }));

Deno.test("collect send ends with 3 when the server does not come back for the rest", () =>
  withRoom(async (room) => {
    await using server = await room.serve();
    await using client = room.send(server.port, ["--count", "60", "--timeout", "300ms"]);
    await joined(server.process, 1);
    server.process.kill("SIGKILL");
    const { taken, waiting } = await summaryOf(client, 3);
    assert.equal(taken, 60);
    assert(waiting > 0);
  }));

Deno.test("collect send drops the oldest samples when --queue is full, and says so", () =>
  withRoom(async (room) => {
    const args = ["--count", "60", "--queue", "25", "--timeout", "300ms"];
    const { taken, waiting, dropped } = await room.sent("1", args, 3);
    assert.deepEqual([taken, waiting, dropped], [60, 25, 35]);
  }));

Deno.test("collect send goes on when the server leaves in good order and comes back", () =>
  withRoom(async (room) => {
    await using first = await room.serve();
    await using client = room.send(first.port, [...ENDLESS, "--timeout", "20s"]);
    await joined(first.process, 1);
    await until("some are stored", () => (room.read()[0]?.rows ?? 0) >= 10);
    first.process.kill("SIGINT");
    assert.equal((await first.process.ended).code, 0);
    const [before] = room.read();
    assert.equal(before?.rows, before?.highest);
    await using second = await room.serve([], first.port);
    await joined(second.process, 1);
    await until("more are stored", () => (room.read()[0]?.rows ?? 0) >= before!.rows + 30);
    client.kill("SIGINT");
    const { taken, waiting } = await summaryOf(client, 130);
    assert.equal(waiting, 0);
    const sessions = room.read();
    assert.deepEqual(sessions.map(({ rows, equal }) => [rows, equal]), [[taken, 0]]);
  }));

Deno.test("collect send gives the clients of one machine different names", () =>
  withRoom(async (room) => {
    await using server = await room.serve();
    await using first = room.send(server.port, ENDLESS);
    await joined(server.process, 1);
    const second = await room.sent(server.port, ["--count", "5"]);
    first.kill("SIGINT");
    const { clientId } = await summaryOf(first, 130);
    assert.equal(clientId, Deno.hostname());
    assert.equal(second.clientId, `${Deno.hostname()}-2`);
    const third = await room.sent(server.port, ["--count", "5"]);
    assert.equal(third.clientId, clientId, "the lowest number that is free");
    assert.deepEqual(
      room.read().map((session) => session.clientId),
      [clientId, second.clientId, clientId],
    );
  }));

Deno.test("collect serve keeps two clients with one name apart by their sessions", () =>
  withRoom(async (room) => {
    await using server = await room.serve();
    const args = ["--id", "twin", "--count", "100"];
    const summaries = await Promise.all([
      room.sent(server.port, args),
      room.sent(server.port, args),
    ]);
    for (const { taken, waiting } of summaries) assert.deepEqual([taken, waiting], [100, 0]);
    const sessions = room.read();
    assert.deepEqual(sessions.map(({ clientId }) => clientId), ["twin", "twin"]);
    // A name and a time make a sample: two that were taken in the same microsecond count as equal.
    for (const { stored, equal, rows } of sessions) {
      assert.equal(stored + equal, 100);
      assert.equal(rows, stored);
    }
    const twins = (await room.report()).get("twin") ?? [];
    assert.deepEqual(twins.map(({ sent, lost }) => [sent, lost]), [[100, 0], [100, 0]]);
  }));
