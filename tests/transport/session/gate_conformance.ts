/** What every `SessionGate` must do; a store's tests call it with their own. */
import assert from "node:assert/strict";
import { dialSession } from "../../../lib/transport/dial.ts";
import { LineError } from "../../../lib/transport/line_error.ts";
import { listen } from "../../../lib/transport/listen.ts";
import type { Secret } from "../../../lib/transport/proofs.ts";
import type { SessionGate } from "../../../lib/transport/server_handshake.ts";
import { newToken } from "../../../lib/transport/token.ts";
import { memoryWorld, testService } from "../world.ts";

/** A gate, and what a test does to it that the handshake does not. */
export interface GateUnderTest extends AsyncDisposable {
  readonly gate: SessionGate;
  /** Applies messages of the session up to `sequence`, in whatever way its service does. */
  apply(session: string, sequence: number): Promise<void>;
  /** Closes it and opens it again, where sessions outlive that; `this` must not be used any more. */
  reopen?(): Promise<GateUnderTest>;
}

const ADA = { clientId: "ada", tokenName: "desk" };
const FIRST = "0123456789abcdef0123456789abcdef";
const SECOND = "ffffffffffffffffffffffffffffffff";

function secret(seed: number): Secret {
  return Uint8Array.from({ length: 32 }, (_, at) => (seed * 37 + at * 11) & 0xff);
}

/** Registers the tests of a kind of gate. @param make gives a new and empty one */
export function testSessionGate(name: string, make: () => Promise<GateUnderTest>): void {
  const test = (claim: string, body: (tested: GateUnderTest) => Promise<void>) =>
    Deno.test(`${name} ${claim}`, async () => {
      await using tested = await make();
      await body(tested);
    });

  test("finds no session that was not opened", async ({ gate }) => {
    assert.equal(await gate.find(FIRST), undefined);
    await gate.open(SECOND, secret(2), ADA);
    assert.equal(await gate.find(FIRST), undefined);
    assert.equal(await gate.find(""), undefined);
  });

  test("finds an opened session with its cookie and nothing applied", async ({ gate }) => {
    await gate.open(FIRST, secret(1), ADA);
    await gate.open(SECOND, secret(2), { clientId: "bob", tokenName: "" });
    const first = await gate.find(FIRST);
    assert.deepEqual([...first?.cookie ?? []], [...secret(1)]);
    assert.equal(first?.highestSequence, 0n);
    assert.deepEqual([...(await gate.find(SECOND))?.cookie ?? []], [...secret(2)]);
  });

  test("keeps a cookie whatever becomes of the bytes that it was given or gave", async ({ gate }) => {
    const given = secret(1);
    await gate.open(FIRST, given, ADA);
    given.fill(0);
    (await gate.find(FIRST))?.cookie.fill(0);
    assert.deepEqual([...(await gate.find(FIRST))?.cookie ?? []], [...secret(1)]);
  });

  test("keeps two sessions of one client apart", async (tested) => {
    await tested.gate.open(FIRST, secret(1), ADA);
    await tested.gate.open(SECOND, secret(2), ADA);
    await tested.apply(FIRST, 7);
    assert.equal((await tested.gate.find(FIRST))?.highestSequence, 7n);
    assert.equal((await tested.gate.find(SECOND))?.highestSequence, 0n);
  });

  test("says the highest sequence that was applied, which only grows", async (tested) => {
    await tested.gate.open(FIRST, secret(1), ADA);
    for (const [applied, highest] of [[1, 1n], [2, 2n], [9, 9n], [5, 9n], [9, 9n], [10, 10n]]) {
      await tested.apply(FIRST, Number(applied));
      assert.equal((await tested.gate.find(FIRST))?.highestSequence, highest);
    }
  });

  test("lets in who proves the cookie, and nobody else", async (tested) => {
    const { network, clock, budget } = memoryWorld();
    const token = newToken("desk");
    const options = { network, clock, budget, tokens: [token], sessions: tested.gate };
    const server = listen(testService, options, () => ({}));
    const join = async (session?: { readonly id: string; readonly cookie: Secret }) => {
      const who = { clientId: "ada", token, session };
      const dial = { ...server.address, ...who, network, clock, budget };
      const { connection, cookie } = await clock.runUntil(
        dialSession(testService, dial, () => ({})),
      );
      await connection.close();
      return { ...connection.terms, cookie };
    };
    const { session: id, cookie } = await join();
    assert.ok(cookie !== undefined);
    await tested.apply(id, 3);
    const again = await join({ id, cookie });
    assert.deepEqual([again.session, again.resumed, again.highestSequence], [id, true, 3n]);
    const isBad = (error: unknown) => error instanceof LineError && error.code === "bad-session";
    await assert.rejects(join({ id, cookie: secret(9) }), isBad);
    await assert.rejects(join({ id: SECOND, cookie }), isBad);
    assert.equal((await join({ id, cookie })).resumed, true);
    await server.close();
  });

  Deno.test(`${name} knows its sessions when it is opened again, where it can`, async () => {
    const tested = await make();
    await tested.gate.open(FIRST, secret(1), ADA);
    await tested.apply(FIRST, 12);
    await using again = await tested.reopen?.() ?? tested;
    const found = await again.gate.find(FIRST);
    assert.deepEqual([...found?.cookie ?? []], [...secret(1)]);
    assert.equal(found?.highestSequence, 12n);
  });
}
