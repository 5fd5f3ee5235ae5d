/** Calls of a service that cannot be right: none of them may harm the connection. */
import assert from "node:assert/strict";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import { FrameBatch } from "../../lib/transport/frame_batch.ts";
import { LineError, LineErrorCode } from "../../lib/transport/line_error.ts";
import { listen } from "../../lib/transport/listen.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import { defineService, raw, text } from "../../lib/transport/service.ts";
import { connectPair, memoryWorld, rawClient, testService, until } from "./world.ts";

const BAD_CODES = ["", "chat.not_yours", "Chat.no", "chat no", "grün", "a".repeat(65)];

for (const code of BAD_CODES) {
  const what = JSON.stringify(code.slice(0, 20));

  Deno.test(`LineError raises RangeError for the code ${what}`, () => {
    assert.throws(() => new LineError(code as LineErrorCode, ""), RangeError);
  });

  Deno.test(`close() and abort() raise RangeError for the code ${what} and leave the line open`, async () => {
    const got: string[] = [];
    const { server, client } = await connectPair(memoryWorld(), testService, {
      server: { note: (value) => got.push(value) },
    });
    assert.throws(() => client.close({ code, message: "" }), RangeError);
    assert.throws(() => client.abort(code as LineErrorCode, ""), RangeError);
    assert(client.isOpen);
    assert(client.send(testService.kinds.note, "still here"));
    const report = await client.close();
    assert.deepEqual([report.code, report.confirmed], ["done", true]);
    assert.deepEqual(got, ["still here"]);
    await server.close();
  });

  Deno.test(`Server.close() raises RangeError for the code ${what} and serves on`, async () => {
    const world = memoryWorld();
    const { server, client } = await connectPair(world, testService, { server: { note() {} } });
    await assert.rejects(server.close({ code, message: "" }), RangeError);
    assert(client.isOpen);
    (await rawClient(world, testService, server.address)).close();
    await server.close();
    assert.equal((await client.closed).code, "shutting-down");
  });
}

Deno.test("LineError takes every code of the line, and codes of a service up to 64 characters", () => {
  for (const code of [...Object.values(LineErrorCode), `chat.${"a".repeat(59)}`] as const) {
    assert.equal(new LineError(code as LineErrorCode, "").code, code);
  }
});

/** Kinds with bounds, in frames of up to 8 KiB. */
const narrow = defineService({
  name: "narrow",
  maxFrameBytes: 8192,
  kinds: {
    any: raw(0x20),
    few: raw(0x21, { minBytes: 4, maxBytes: 8 }),
    word: text(0x22, { maxBytes: 4 }),
  },
});

/** The same service with larger frames: what another version of the program may offer. */
const wide = defineService({ name: "narrow", maxFrameBytes: 1024 * 1024, kinds: narrow.kinds });

const { any, few, word } = narrow.kinds;

type Call = (connection: Connection<typeof narrow.kinds>) => unknown;

const TOO_LARGE: readonly { readonly what: string; readonly call: Call }[] = [
  { what: "send() of a frame above the limit", call: (c) => c.send(any, new Uint8Array(8192)) },
  { what: "reserve() of a frame above the limit", call: (c) => c.reserve(any, 8192) },
  {
    what: "sendInPlace() of a frame above the limit",
    call: (c) => c.sendInPlace(any, new Uint8Array(8192)),
  },
  {
    what: "sendInPlace() of a frame far above the limit",
    call: (c) => c.sendInPlace(any, new Uint8Array(500_000)),
  },
  {
    what: "sendBatch() with one frame above the limit",
    call: (c) =>
      c.sendBatch(new FrameBatch().add(few, new Uint8Array(4)).add(any, new Uint8Array(8192))),
  },
  {
    what: "sendBatch() with one frame far above the limit",
    call: (c) => c.sendBatch(new FrameBatch().add(any, new Uint8Array(100_000))),
  },
  { what: "send() of less than the kind's least", call: (c) => c.send(few, new Uint8Array(3)) },
  { what: "send() of more than the kind's most", call: (c) => c.send(few, new Uint8Array(9)) },
  { what: "send() of text beyond the kind's most", call: (c) => c.send(word, "grün!") },
  {
    what: "sendInPlace() of less than the kind's least",
    call: (c) => c.sendInPlace(few, new Uint8Array(0)),
  },
  {
    what: "sendInPlace() of more than the kind's most",
    call: (c) => c.sendInPlace(few, new Uint8Array(100_000)),
  },
  {
    what: "sendBatch() with less than a kind's least",
    call: (c) => c.sendBatch(new FrameBatch().add(few, new Uint8Array(3))),
  },
  {
    what: "sendBatch() with more than a kind's most",
    call: (c) => c.sendBatch(new FrameBatch().add(word, "grün!")),
  },
];

for (const { what, call } of TOO_LARGE) {
  Deno.test(`${what} raises RangeError and sends nothing`, async () => {
    const got: number[] = [];
    const world = memoryWorld();
    const { server, client } = await connectPair(world, narrow, {
      server: { any: (view) => got.push(view.length), few: (view) => got.push(view.length) },
    });
    // The client's own service allows more; what counts is what the server has granted.
    const { network, clock, budget } = world;
    const options = { ...server.address, clientId: "wide", network, clock, budget };
    const wideClient = await dial(wide, options, () => ({}));
    assert.equal(wideClient.terms.maxFrameBytes, narrow.maxFrameBytes);
    for (const connection of [client, wideClient]) {
      assert.throws(() => call(connection), RangeError);
      assert.equal(connection.stats.bytesQueued, 0);
      assert(connection.send(any, new Uint8Array(8191)));
      assert.equal((await connection.close()).confirmed, true);
    }
    assert.deepEqual(got, [8191, 8191]);
    await server.close();
    assert.equal(budget.usedBytes, 0);
  });
}

const ASYNC_HANDLERS: readonly { readonly what: string; readonly fails: boolean }[] = [
  { what: "an async handler", fails: false },
  { what: "an async handler that fails", fails: true },
];

/** Handlers that return promises, for kinds that are routed in different ways. */
function asyncHandlers(fails: boolean): Handlers<typeof testService.kinds> {
  const later = async () => {
    await Promise.resolve();
    if (fails) throw new Error("too late to be heard");
  };
  return { data: later, note: later, bulk: later };
}

for (const { what, fails } of ASYNC_HANDLERS) {
  for (const name of ["data", "note", "bulk"] as const) {
    Deno.test(`${what} of a ${name} frame ends its own connection with internal`, async () => {
      const world = memoryWorld();
      const { network, clock, budget } = world;
      const reports: Promise<{ code: string; cause?: unknown }>[] = [];
      const server = listen(testService, { network, clock, budget }, (connection) => {
        reports.push(connection.closed);
        return asyncHandlers(fails);
      });
      const peer = await rawClient(world, testService, server.address);
      const other = await rawClient(world, testService, server.address);
      await peer.send(testService.kinds[name].code, "x");
      assert.equal(await peer.errorCode(), "internal");
      peer.close();
      await until(() => server.connections.size === 1);
      const report = await reports[0];
      assert.equal(report?.code, "internal");
      assert(report.cause instanceof TypeError, String(report.cause));
      other.close();
      await until(() => server.connections.size === 0);
      await server.close();
      assert.equal(budget.usedBytes, 0);
      assert.equal(clock.pendingTimers, 0);
    });
  }
}
