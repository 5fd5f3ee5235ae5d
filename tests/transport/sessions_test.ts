/** The seam for sessions: who may take one up again, and what the client learns. */
import assert from "node:assert/strict";
import type { Credentials } from "../../lib/transport/client_handshake.ts";
import { dial, dialSession } from "../../lib/transport/dial.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { listen } from "../../lib/transport/listen.ts";
import type { Secret } from "../../lib/transport/proofs.ts";
import type { SessionGate, SessionOwner } from "../../lib/transport/server_handshake.ts";
import { newToken, type Token } from "../../lib/transport/token.ts";
import { memoryWorld, testService } from "./world.ts";

/** Sessions in a map, each with 41 messages applied. */
function memoryGate(): SessionGate & { readonly owners: readonly SessionOwner[] } {
  const cookies = new Map<string, Secret>();
  const owners: SessionOwner[] = [];
  return {
    owners,
    find(session) {
      const cookie = cookies.get(session);
      return Promise.resolve(cookie && { cookie, highestSequence: 41n });
    },
    open(session, cookie, owner) {
      cookies.set(session, cookie);
      owners.push(owner);
      return Promise.resolve();
    },
  };
}

function scene(tokens: Token[] | undefined) {
  const { network, clock, budget } = memoryWorld();
  const sessions = memoryGate();
  const options = { network, clock, budget, tokens, sessions };
  const server = listen(testService, options, () => ({}));
  const join = async (credentials: Partial<Credentials>) => {
    const dialled = await dialSession(
      testService,
      { ...server.address, clientId: "ada", network, clock, budget, ...credentials },
      () => ({}),
    );
    await dialled.connection.close();
    return { ...dialled, ...dialled.connection.terms };
  };
  return { server, join, owners: sessions.owners };
}

for (const token of [undefined, newToken("ada")]) {
  const how = token === undefined ? "without a token" : "with a token";

  Deno.test(`dialSession() ${how} takes up a session whose cookie it proves`, async () => {
    const { server, join, owners } = scene(token && [token]);
    const first = await join({ token });
    assert.equal(first.resumed, false);
    assert.equal(first.highestSequence, 0n);
    assert.equal(first.cookie?.length, 32);
    const session = { id: first.session, cookie: first.cookie };
    const second = await join({ token, session });
    assert.deepEqual(
      [second.resumed, second.session, second.highestSequence, second.cookie],
      [true, first.session, 41n, first.cookie],
    );
    assert.deepEqual(owners, [{ clientId: "ada", tokenName: token === undefined ? "" : "ada" }]);
    await server.close();
  });

  Deno.test(`dialSession() ${how} is refused without the right cookie`, async () => {
    const { server, join } = scene(token && [token]);
    const { session: id } = await join({ token });
    const wrong = new Uint8Array(32).fill(1);
    const isBadSession = (error: unknown) =>
      error instanceof LineError && error.code === "bad-session" && error.origin === "peer";
    await assert.rejects(join({ token, session: { id, cookie: wrong } }), isBadSession);
    const unknown = { id: "0".repeat(32), cookie: wrong };
    await assert.rejects(join({ token, session: unknown }), isBadSession);
    await server.close();
  });
}

Deno.test("listen() gives no place to a client whose session is found too late", async () => {
  const { network, clock, budget } = memoryWorld();
  const sessions: SessionGate = {
    find: (session) =>
      new Promise((resolve) => {
        const cookie = new Uint8Array(32);
        clock.after(session.startsWith("0") ? 9000 : 0, () => {
          resolve({ cookie, highestSequence: 0n });
        });
      }),
    open: () => Promise.resolve(),
  };
  const server = listen(
    testService,
    { network, clock, budget, sessions, maxClients: 1 },
    () => ({}),
  );
  const join = (digit: string) =>
    dial(
      testService,
      {
        ...server.address,
        clientId: "ada",
        network,
        clock,
        budget,
        timeoutMs: 20_000,
        session: { id: digit.repeat(32), cookie: new Uint8Array(32) },
      },
      () => ({}),
    );
  await assert.rejects(clock.runUntil(join("0")), /5000 ms/);
  await clock.advance(20_000);
  const connection = await clock.runUntil(join("1"));
  assert(connection.isOpen);
  await connection.close();
  await server.close();
});

Deno.test("dialSession() gives no cookie when the server keeps no sessions", async () => {
  const { network, clock, budget } = memoryWorld();
  const server = listen(testService, { network, clock, budget }, () => ({}));
  const options = { ...server.address, clientId: "ada", network, clock, budget };
  const { connection, cookie } = await dialSession(testService, options, () => ({}));
  assert.equal(cookie, undefined);
  await connection.close();
  await server.close();
});
