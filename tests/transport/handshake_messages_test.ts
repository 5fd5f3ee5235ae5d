import fc from "fast-check";
import assert from "node:assert/strict";
import { Kind } from "../../lib/transport/frame.ts";
import {
  decodeChallenge,
  decodeError,
  decodeGoodbye,
  decodeHello,
  decodeProof,
  decodeWelcome,
  encodeChallenge,
  encodeError,
  encodeGoodbye,
  encodeHello,
  encodeProof,
  encodeWelcome,
  type Hello,
  NO_PROOF,
  type Welcome,
} from "../../lib/transport/handshake_messages.ts";
import { CHALLENGE, HELLO, pattern, viewOf, viewOfFrame } from "./samples.ts";

/** Largest frame that is accepted before WELCOME, with the four bytes of its length. */
const HANDSHAKE_FRAME_BYTES = 4096 + 4;

function record<T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

function letters(alphabet: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
}

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.slice());
const session = letters("0123456789abcdef", 32, 32);
const clientId = letters("azAZ09._-äßжжλ語あ𝔸٣", 1, 64);

/** Leaves `undefined` members out, as the decoder does. */
function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

Deno.test("decodeHello() reads back what encodeHello() wrote, within a handshake frame", () => {
  const hello: fc.Arbitrary<Hello> = record<Hello>({
    versions: fc.array(fc.nat(), { minLength: 1, maxLength: 16 }),
    service: letters("az09-", 1, 32),
    clientId,
    nonce: bytes32,
    tokenName: fc.string({ unit: "grapheme", maxLength: 8 }),
    session: fc.option(session, { nil: undefined }),
  });
  fc.assert(
    fc.property(hello, (hello) => {
      const frame = encodeHello(hello);
      assert.equal(frame[4], Kind.Hello);
      assert.ok(frame.length <= HANDSHAKE_FRAME_BYTES);
      assert.deepEqual(decodeHello(viewOfFrame(frame)), compact(hello));
    }),
  );
});

Deno.test("encodeHello() leaves out an empty token name and no session", () => {
  const frame = encodeHello({ ...HELLO, tokenName: "", session: undefined });
  const members = Object.keys(JSON.parse(viewOfFrame(frame).text()));
  assert.deepEqual(members.sort(), ["clientId", "nonce", "service", "versions"]);
  assert.equal(decodeHello(viewOfFrame(frame)).tokenName, "");
});

Deno.test("decodeChallenge() reads back what encodeChallenge() wrote", () => {
  const challenge = record<typeof CHALLENGE>({
    version: fc.nat(),
    nonce: bytes32,
    tokenRequired: fc.boolean(),
  });
  fc.assert(
    fc.property(challenge, (challenge) => {
      const frame = encodeChallenge(challenge);
      assert.equal(frame[4], Kind.Challenge);
      assert.deepEqual(decodeChallenge(viewOfFrame(frame)), challenge);
    }),
  );
});

Deno.test("decodeProof() reads back what encodeProof() wrote, in memory of its own", () => {
  const frame = encodeProof({ token: pattern(32, 1), resume: pattern(32, 2) });
  assert.equal(frame[4], Kind.Proof);
  const proof = decodeProof(viewOfFrame(frame));
  frame.fill(0);
  assert.deepEqual(proof, { token: pattern(32, 1), resume: pattern(32, 2) });
});

Deno.test("NO_PROOF is 32 zeros", () => {
  assert.deepEqual(NO_PROOF, new Uint8Array(32));
});

Deno.test("decodeProof() raises bad-message for any other length than 64", () => {
  for (const length of [0, 1, 32, 63, 65, 128]) {
    assert.throws(() => decodeProof(viewOf(pattern(length))), { code: "bad-message" });
  }
});

Deno.test("decodeWelcome() reads back what encodeWelcome() wrote, and the proof behind it", () => {
  const welcome = record<Welcome>({
    session,
    heartbeatMs: fc.integer({ min: 1, max: 3_600_000 }),
    maxFrameBytes: fc.integer({ min: 4096, max: 64 * 1024 * 1024 }),
    bulkCreditBytes: fc.integer({ min: 65_536, max: 2 ** 30 }),
    resumed: fc.boolean(),
    highestSequence: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    cookie: fc.option(bytes32, { nil: undefined }),
  });
  fc.assert(
    fc.property(welcome, bytes32, (welcome, proof) => {
      const frame = encodeWelcome(welcome);
      assert.equal(frame[4], Kind.Welcome);
      assert.deepEqual(frame.slice(-32), new Uint8Array(32), "room for the proof");
      frame.set(proof, frame.length - 32);
      const decoded = decodeWelcome(viewOfFrame(frame));
      frame.fill(0);
      assert.deepEqual(decoded.proof, proof);
      assert.deepEqual(decoded.welcome, compact(welcome));
    }),
  );
});

Deno.test("decodeHello() and its like ignore members that they do not know", () => {
  const extended = (frame: Uint8Array) => {
    const value = JSON.parse(viewOfFrame(frame).text());
    return viewOf(JSON.stringify({ extra: [1, { a: null }], ...value, other: "x" }));
  };
  assert.deepEqual(decodeHello(extended(encodeHello(HELLO))), HELLO);
  assert.deepEqual(decodeChallenge(extended(encodeChallenge(CHALLENGE))), CHALLENGE);
  const goodbye = { code: "done", message: "", retryAfterMs: 10 };
  assert.deepEqual(decodeGoodbye(extended(encodeGoodbye(goodbye))), goodbye);
});

Deno.test("decodeError() gives the peer's error with its code, also one of a service", () => {
  for (const code of ["bad-token", "chat.banned", "something-new"]) {
    const error = decodeError(viewOfFrame(encodeError({ code, message: "no entry ✋" })));
    assert.deepEqual([error.name, error.code, error.message, error.origin], [
      "LineError",
      code,
      "no entry ✋",
      "peer",
    ]);
  }
});

Deno.test("decodeGoodbye() reads back what encodeGoodbye() wrote", () => {
  for (
    const goodbye of [
      { code: "done", message: "" },
      { code: "shutting-down", message: "new version", retryAfterMs: 0 },
      { code: "chat.moved", message: "see you", retryAfterMs: 2500.5 },
      { code: "done", message: "until tomorrow", retryAfterMs: 86_400_000 },
    ]
  ) {
    const frame = encodeGoodbye(goodbye);
    assert.equal(frame[4], Kind.Goodbye);
    assert.deepEqual(decodeGoodbye(viewOfFrame(frame)), goodbye);
  }
});

/** Characters that JSON writes in 6 bytes, those that UTF-8 does in 3 or 4, and halves of these. */
const nasty = fc.string({
  unit: fc.constantFrom("\u0000", "\u001b", "\ud83d", "\udc00", "\u20ac", "😀", '"', "\\", "a"),
  maxLength: 1500,
});

Deno.test("encodeError() and encodeGoodbye() fit a handshake frame whatever the message", () => {
  const code = "c".repeat(64);
  const check = (message: string) => {
    const error = encodeError({ code, message });
    const goodbye = encodeGoodbye({ code, message, retryAfterMs: 86_399_999.123456789 });
    for (const frame of [error, goodbye]) assert.ok(frame.length <= 4096, `${frame.length} bytes`);
    assert.equal(decodeError(viewOfFrame(error)).message, message.slice(0, 500).toWellFormed());
    assert.equal(decodeGoodbye(viewOfFrame(goodbye)).message, message.slice(0, 500).toWellFormed());
  };
  check("\u0000".repeat(10_000));
  check("\ud800".repeat(10_000));
  fc.assert(fc.property(nasty, check));
});
