import assert from "node:assert/strict";
import { settle } from "../../lib/clock/fake_clock.ts";
import type { CloseReport } from "../../lib/transport/close_report.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { listen, type Server } from "../../lib/transport/listen.ts";
import { keepConnected } from "../../lib/transport/reconnect.ts";
import { newToken } from "../../lib/transport/token.ts";
import { memoryWorld, testService, until } from "./world.ts";

const address = { host: "127.0.0.1", port: 4000 };

/** A client that keeps connected to a server that a test starts and stops. */
function scene(token = newToken()) {
  const { network, clock, budget } = memoryWorld();
  const waits: { delayMs: number; code: string }[] = [];
  const connections: Connection<typeof testService.kinds>[] = [];
  const abort = new AbortController();
  const kept = keepConnected({
    clock,
    random: () => 0.5,
    signal: abort.signal,
    onWait: (delayMs, { code }) => waits.push({ delayMs, code }),
    dial: async () => {
      const options = { ...address, clientId: "ada", network, clock, budget, token };
      const connection = await dial(testService, options, () => ({}));
      connections.push(connection);
      return connection;
    },
  });
  kept.catch(() => {});
  const serve = (tokens = [token]): Server<typeof testService.kinds> =>
    listen(testService, { ...address, network, clock, budget, tokens }, () => ({}));
  return { network, clock, waits, connections, abort, kept, serve };
}

Deno.test("keepConnected() waits longer each time, up to a limit, and starts anew after a success", async () => {
  const { clock, waits, connections, abort, kept, serve, network } = scene();
  await clock.advance(60_000);
  const delays = waits.map(({ delayMs }) => delayMs);
  assert.deepEqual(delays.slice(0, 4), [156.25, 312.5, 625, 1250]);
  assert.equal(Math.max(...delays), 9375);
  assert(waits.every(({ code }) => code === "unreachable"));
  const server = serve();
  await clock.advance(20_000);
  assert.equal(connections.length, 1);
  waits.length = 0;
  network.links.at(-1)?.cut();
  await settle();
  assert.deepEqual(waits, [{ delayMs: 156.25, code: "lost" }]);
  await clock.advance(200);
  assert.equal(connections.length, 2);
  abort.abort(new Error("enough"));
  await assert.rejects(kept, /enough/);
  assert.equal((await connections[1]?.closed)?.code, "done");
  await server.close();
});

Deno.test("keepConnected() comes back to a server that shut down, not before it asked for", async () => {
  const { clock, waits, connections, kept, serve } = scene();
  const first = serve();
  await clock.advance(1000);
  assert.equal(connections.length, 1);
  await first.close({ code: "shutting-down", message: "", retryAfterMs: 30_000 });
  await until(() => waits.at(-1)?.code === "shutting-down");
  assert.equal(waits.at(-1)?.delayMs, 30_000);
  const second = serve();
  await clock.advance(29_000);
  assert.equal(connections.length, 1);
  await clock.advance(2000);
  assert.equal(connections.length, 2);
  await connections[1]?.close();
  const report: CloseReport = await kept;
  assert.equal(report.by, "here");
  await second.close();
});

Deno.test("keepConnected() gives up on a refusal that time does not mend", async () => {
  const { clock, kept, serve } = scene();
  const server = serve([newToken()]);
  const code = clock.runUntil(kept).catch((error) => error instanceof LineError && error.code);
  assert.equal(await code, "bad-token");
  await server.close();
});

Deno.test("keepConnected() ends in the middle of a wait when its signal aborts", async () => {
  const { clock, abort, kept } = scene();
  await clock.advance(5000);
  abort.abort(new Error("enough"));
  await assert.rejects(kept, /enough/);
  assert.equal(clock.pendingTimers, 0);
});
