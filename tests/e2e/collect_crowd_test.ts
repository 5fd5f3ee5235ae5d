/** A server of `collect` under load: a disk that stands still, and two hundred clients. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "../../lib/clock/system_clock.ts";
import {
  readSequenceOnly,
  samplesBytes,
  writeProbe,
  writeSamples,
} from "../../lib/collect/messages.ts";
import { COLLECT_BYTES, collectService } from "../../lib/collect/protocol.ts";
import { type Sample, SampleSender } from "../../lib/collect/sample_sender.ts";
import { dial } from "../../lib/transport/dial.ts";
import { keepSession } from "../../lib/transport/session/keep_session.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import { tcpNetwork } from "../../lib/transport/tcp_network.ts";
import { summaryOf, until, withRoom } from "./collect_room.ts";
import { wait } from "./processes.ts";

const HOST = "127.0.0.1";

/** How long the disk stands still, in milliseconds. */
const STILL_MS = 2000;

const CLIENTS = 200;
const ROUNDS = 300;

/** Asks for the time and sends samples, as a client does, and notes when what came back. */
async function watcher(port: number) {
  const askedMs = new Map<number, number>();
  const tripsMs: number[] = [];
  let acknowledged = 0;
  let sent = 0;
  const { kinds } = collectService;
  const options = { host: HOST, port, clientId: "watcher", network: tcpNetwork };
  const connection = await dial(collectService, options, () => ({
    probeReply(view) {
      tripsMs.push(performance.now() - (askedMs.get(view.getUint32(0)) ?? NaN));
    },
    ack: (view) => void (acknowledged = readSequenceOnly(view)),
  }));
  return {
    connection,
    tripsMs,
    get asked() {
      return askedMs.size;
    },
    get unacknowledged() {
      return sent - acknowledged;
    },
    ask(): void {
      const samples = connection.reserve(kinds.samples, samplesBytes(1));
      const timesUs = Float64Array.of(systemClock.wallUs());
      assert(samples !== undefined);
      writeSamples(samples, {
        previousSequence: sent,
        firstSequence: ++sent,
        clientSteps: 0,
        timesUs,
      });
      samples.commit();
      const number = askedMs.size + 1;
      const probe = connection.reserve(kinds.probe, COLLECT_BYTES.probe);
      assert(probe !== undefined);
      askedMs.set(number, performance.now());
      writeProbe(probe, { number, t1: systemClock.wallUs() });
      probe.commit();
      connection.flush();
    },
  };
}

Deno.test("collect serve answers probes while nothing can be written to its store", () =>
  withRoom(async (room) => {
    await using server = await room.serve(["--insecure"]);
    await using client = room.send(server.port, ["--insecure", "--timeout", "30s"]);
    const watch = await watcher(Number(server.port));
    watch.ask();
    await until("the first is acknowledged", () => watch.unacknowledged === 0);
    await until("the client is there, too", () => room.read().some(({ rows }) => rows > 20));

    const db = new DatabaseSync(room.store);
    db.exec("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE");
    const lockedMs = performance.now();
    const before = watch.unacknowledged;
    assert.equal(before, 0);
    while (performance.now() - lockedMs < STILL_MS) {
      watch.ask();
      await wait(20);
    }
    const { asked } = watch;
    await until("all probes are answered", () => watch.tripsMs.length === asked);
    const answeredMs = performance.now() - lockedMs;
    assert.equal(watch.unacknowledged, asked - 1, "nothing was acknowledged that is not stored");
    db.exec("ROLLBACK");
    db.close();

    const sorted = watch.tripsMs.toSorted((a, b) => a - b);
    const [medianMs = NaN, mostMs = NaN] = [sorted[sorted.length >> 1], sorted.at(-1)];
    assert(medianMs < 200 && mostMs < STILL_MS / 2, `median ${medianMs} ms, most ${mostMs} ms`);
    assert(answeredMs < STILL_MS + 1000, `answered after ${answeredMs} ms`);
    await until("all samples are acknowledged", () => watch.unacknowledged === 0);
    await watch.connection.close();
    client.kill("SIGINT");
    const { taken, waiting, boundUs } = await summaryOf(client, 130);
    assert.equal(waiting, 0);
    assert(boundUs !== null && boundUs < 100_000, `bound ${boundUs}`);
    const byId = new Map(room.read().map((session) => [session.clientId, session]));
    assert.equal(byId.get("watcher")?.rows, asked);
    assert.equal(byId.get(Deno.hostname())?.rows, taken);
  }));

/** A client as `collect send` has it, in this process. */
function joinCrowd(port: number, clientId: string) {
  const controller = new AbortController();
  const state = new MemoryState<Sample>();
  const sender = new SampleSender(systemClock, state);
  const kept = keepSession({
    service: collectService,
    dial: { host: HOST, port, clientId, timeoutMs: 20_000, network: tcpNetwork },
    clock: systemClock,
    signal: controller.signal,
    state,
    handlersFor: (connection) => sender.handlersFor(connection),
    onReady: (connection) => sender.ready(connection, () => kept.wake()),
    send: (connection, outbox) => sender.send(connection, outbox),
  });
  const done = kept.done.then(() => {}, (error) => {
    if (error !== controller.signal.reason) throw error;
  });
  return {
    sender,
    async leave() {
      await Promise.race([sender.settled(), done]);
      sender.end();
      controller.abort();
      await done;
    },
  };
}

Deno.test(`collect serve stores every sample of ${CLIENTS} clients at 10 ms`, () =>
  withRoom(async (room) => {
    await using server = await room.serve(["--insecure"]);
    const ids = Array.from({ length: CLIENTS }, (_, i) => `crowd-${String(i).padStart(3, "0")}`);
    const crowd = ids.map((id) => joinCrowd(Number(server.port), id));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { sender } of crowd) sender.sample();
      await wait(10);
    }
    await Promise.all(crowd.map((client) => client.leave()));
    await until("all ends are noted", () => room.read().every((s) => s.endSequence === ROUNDS));
    const sessions = room.read();
    assert.deepEqual(sessions.map(({ clientId }) => clientId).sort(), ids);
    for (const { clientId, stored, equal, highest, rows, sequences } of sessions) {
      assert.deepEqual([stored + equal, highest], [ROUNDS, ROUNDS], clientId);
      assert.deepEqual([rows, sequences], [stored, stored], clientId);
    }
    for (const [id, [session]] of await room.report()) {
      assert.deepEqual([session?.sent, session?.lost], [ROUNDS, 0], id);
      assert.notEqual(session?.estimate, undefined, id);
    }
  }));
