/** Each member of each handshake message, spoiled in each way that its schema must notice. */
import assert from "node:assert/strict";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import {
  decodeChallenge,
  decodeError,
  decodeGoodbye,
  decodeHello,
  decodeWelcome,
} from "../../lib/transport/handshake_messages.ts";
import { viewOf } from "./samples.ts";

const NONCE = "0123456789abcdef".repeat(4);
const SESSION = "0123456789abcdef".repeat(2);

interface Message {
  readonly name: string;
  readonly decode: (view: FrameView) => unknown;
  /** Bytes that follow the JSON. */
  readonly tailBytes: number;
  /** A good message. */
  readonly good: Readonly<Record<string, unknown>>;
  /** Bad values of its members; `undefined` leaves the member out. */
  readonly bad: Readonly<Record<string, readonly unknown[]>>;
}

const NOT_A_STRING = [undefined, null, 1, true, [], {}];
const NOT_BYTES = [...NOT_A_STRING, "", NONCE.slice(1), `${NONCE}0`, NONCE.toUpperCase()];
const NOT_POSITIVE = [undefined, null, "1", 0, -1, 1.5, []];
const CODE = [...NOT_A_STRING, "", "c".repeat(65), "Upper", "a b", "a\n", "ä"];
const MESSAGE = [...NOT_A_STRING, "m".repeat(501)];

const MESSAGES: readonly Message[] = [
  {
    name: "decodeHello()",
    decode: decodeHello,
    tailBytes: 0,
    good: { versions: [1], service: "chat", clientId: "anna", nonce: NONCE },
    bad: {
      versions: [undefined, null, 1, "1", [], ["1"], [1.5], [null], Array(17).fill(1), { 0: 1 }],
      service: [...NOT_A_STRING, "", "Chat", "a b", "a_b", "ä", "a\n", "s".repeat(33)],
      clientId: [...NOT_A_STRING, "", "a b", "a\n", "a/b", "\u001b[2J", "👻", "a".repeat(65)],
      nonce: NOT_BYTES,
      tokenName: [null, 1, [], "n".repeat(33)],
      session: [null, 1, "", SESSION.slice(1), `${SESSION}0`, SESSION.toUpperCase()],
    },
  },
  {
    name: "decodeChallenge()",
    decode: decodeChallenge,
    tailBytes: 0,
    good: { version: 1, nonce: NONCE, tokenRequired: true },
    bad: {
      version: [undefined, null, "1", 1.5, [1]],
      nonce: NOT_BYTES,
      tokenRequired: [undefined, null, 0, 1, "true"],
    },
  },
  {
    name: "decodeWelcome()",
    decode: decodeWelcome,
    tailBytes: 32,
    good: {
      session: SESSION,
      heartbeatMs: 5000,
      maxFrameBytes: 4096,
      bulkCreditBytes: 65_536,
      resumed: false,
      highestSequence: "0",
    },
    bad: {
      session: [...NOT_A_STRING, "", SESSION.slice(1), `${SESSION}0`, SESSION.toUpperCase()],
      heartbeatMs: [...NOT_POSITIVE, 3_600_001],
      maxFrameBytes: [...NOT_POSITIVE, 4095, 64 * 1024 * 1024 + 1],
      bulkCreditBytes: [...NOT_POSITIVE, 65_535, 2 ** 30 + 1],
      resumed: [undefined, null, 0, "false"],
      highestSequence: [...NOT_A_STRING, "", "-1", "1.5", "0x1", " 1", "1n", "1".repeat(21)],
      cookie: [null, 1, "", NONCE.slice(1), NONCE.toUpperCase()],
    },
  },
  {
    name: "decodeError()",
    decode: decodeError,
    tailBytes: 0,
    good: { code: "bad-token", message: "no" },
    bad: { code: CODE, message: MESSAGE },
  },
  {
    name: "decodeGoodbye()",
    decode: decodeGoodbye,
    tailBytes: 0,
    good: { code: "done", message: "" },
    bad: { code: CODE, message: MESSAGE, retryAfterMs: [null, "1", -1, -0.001, 86_400_001, []] },
  },
];

/** A payload: text and what follows it. */
function payload(text: string, tailBytes: number): FrameView {
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(json.length + tailBytes);
  bytes.set(json);
  return viewOf(bytes);
}

for (const { name, decode, tailBytes, good, bad } of MESSAGES) {
  Deno.test(`${name} accepts the message that is then spoiled`, () => {
    decode(payload(JSON.stringify(good), tailBytes));
  });

  for (const [member, values] of Object.entries(bad)) {
    Deno.test(`${name} raises bad-message for each bad value of ${member}`, () => {
      for (const value of values) {
        const text = JSON.stringify({ ...good, [member]: value });
        assert.throws(
          () => decode(payload(text, tailBytes)),
          { name: "LineError", code: "bad-message", origin: "here" },
          text,
        );
      }
    });
  }

  Deno.test(`${name} raises bad-message for what is no JSON object`, () => {
    const json = JSON.stringify(good);
    const texts = ["", " ", "null", "1", '"a"', "[]", `[${json}]`, "{", json.slice(1), `${json}}`];
    for (const text of [...texts, `\ufeff${json}`, json.slice(0, -1), `${json}\0`]) {
      assert.throws(() => decode(payload(text, tailBytes)), { code: "bad-message" }, text);
    }
  });

  Deno.test(`${name} raises bad-message for every cut of its payload`, () => {
    const text = JSON.stringify(good);
    const view = payload(text, tailBytes);
    for (let length = 0; length < view.length; length++) {
      assert.throws(() => decode(viewOf(view.copy(0, length))), { code: "bad-message" });
    }
  });

  Deno.test(`${name} raises bad-message for text that is not UTF-8`, () => {
    const view = payload(JSON.stringify({ ...good, extra: "??" }), tailBytes);
    const bytes = view.copy();
    bytes[bytes.indexOf(0x3f)] = 0xc3;
    assert.throws(() => decode(viewOf(bytes)), { code: "bad-message" });
  });
}

Deno.test("decodeWelcome() raises bad-message for a sequence above 64 bits", () => {
  const good = MESSAGES.find(({ name }) => name === "decodeWelcome()")?.good;
  const most = 2n ** 64n - 1n;
  const welcome = (sequence: bigint) =>
    payload(JSON.stringify({ ...good, highestSequence: `${sequence}` }), 32);
  assert.equal(decodeWelcome(welcome(most)).welcome.highestSequence, most);
  assert.throws(() => decodeWelcome(welcome(most + 1n)), { code: "bad-message" });
});

const NUMBERS = [
  { name: "decodeHello()", member: "versions", json: "[1e999]" },
  { name: "decodeChallenge()", member: "version", json: "1e999" },
  { name: "decodeWelcome()", member: "heartbeatMs", json: "1e999" },
  { name: "decodeWelcome()", member: "bulkCreditBytes", json: "1e999" },
  { name: "decodeGoodbye()", member: "retryAfterMs", json: "1e999" },
];

for (const { name, member, json } of NUMBERS) {
  Deno.test(`${name} raises bad-message for an infinite number in ${member}`, () => {
    const message = MESSAGES.find((message) => message.name === name);
    const text = JSON.stringify({ ...message?.good, [member]: "?" }).replace('"?"', json);
    assert.throws(() => message?.decode(payload(text, message.tailBytes)), { code: "bad-message" });
  });
}

Deno.test("decodeHello() names the message and the member in the error", () => {
  const text = JSON.stringify({ versions: [1], service: "chat", clientId: "", nonce: NONCE });
  assert.throws(() => decodeHello(viewOf(text)), {
    message: "Cannot read HELLO: clientId: wanted 1 to 64 letters, digits or . _ -",
  });
  assert.throws(() => decodeHello(viewOf("{")), { message: "Cannot read HELLO: not JSON" });
});
