/** Every vector of frames and handshakes, recomputed from its inputs; HMACs a second time by Node. */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { clientHandshake } from "../../lib/transport/client_handshake.ts";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import { HandshakeLine } from "../../lib/transport/handshake_line.ts";
import * as messages from "../../lib/transport/handshake_messages.ts";
import * as proofs from "../../lib/transport/proofs.ts";
import { serverHandshake, type SessionGate } from "../../lib/transport/server_handshake.ts";
import { defineService } from "../../lib/transport/service.ts";
import { cut, decode } from "./feed.ts";
import { concat } from "./plain_decoder.ts";
import { viewOfFrame } from "./samples.ts";
import { ScriptedStream } from "./scripted_stream.ts";
import {
  decodeHex,
  encodeHex,
  FRAMES,
  type FrameVector,
  HANDSHAKES,
  type HandshakeVector,
  newDecoder,
  TIMER_FRAMES,
} from "./vectors.ts";

/** All frames of all vectors, those of handshakes included. */
const ALL_FRAMES: readonly Pick<FrameVector, "name" | "frame">[] = [
  ...FRAMES,
  ...TIMER_FRAMES,
  ...HANDSHAKES.flatMap(({ name, hello, challenge, proof, welcome }) =>
    [hello, challenge, proof, welcome].map((frame, i) => ({ name: `${name} ${i + 1}`, frame }))
  ),
];

/** A decoded message as vectors have it: bytes as digits, what is absent left out. */
function plain(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => each !== undefined && !(name === "tokenName" && each === ""))
      .map(([name, each]) => {
        if (each instanceof Uint8Array) return [name, encodeHex(each)];
        return [name, typeof each === "bigint" ? each.toString() : each];
      }),
  );
}

/** How each kind of the transport is decoded, and encoded again. */
const CODECS: Readonly<Record<number, readonly [(view: FrameView) => object, Encoder?]>> = {
  [Kind.Hello]: [messages.decodeHello, messages.encodeHello as Encoder],
  [Kind.Challenge]: [messages.decodeChallenge, messages.encodeChallenge as Encoder],
  [Kind.Proof]: [messages.decodeProof, messages.encodeProof as Encoder],
  [Kind.Welcome]: [
    (view) => {
      const { welcome, proof } = messages.decodeWelcome(view);
      return { ...welcome, proof };
    },
    (({ proof, ...welcome }: messages.Welcome & { proof: Uint8Array }) => {
      const frame = messages.encodeWelcome(welcome);
      frame.set(proof, frame.length - proof.length);
      return frame;
    }) as Encoder,
  ],
  [Kind.Error]: [
    (view) => {
      const { code, message } = messages.decodeError(view);
      return { code, message };
    },
    messages.encodeError as Encoder,
  ],
  [Kind.Goodbye]: [messages.decodeGoodbye, messages.encodeGoodbye as Encoder],
  [Kind.Ping]: [(view) => ({ opaque: view.copy() })],
  [Kind.Pong]: [(view) => ({ opaque: view.copy() })],
  [Kind.Credit]: [(view) => ({ bytes: view.getUint32(0) })],
};
type Encoder = (value: object) => Uint8Array;

/** Names of kinds: `Hello`. */
const NAMES = new Map<number, string>(Object.entries(Kind).map(([name, kind]) => [kind, name]));

for (const { name, kind, payload, frame, value, canonical = true } of FRAMES) {
  Deno.test(`encodeFrame() gives vector ${name}`, () => {
    assert.equal(encodeHex(encodeFrame(kind, decodeHex(payload))), frame);
  });

  const [decodeValue, encodeValue] = CODECS[kind] ?? [];
  if (decodeValue !== undefined) {
    const symbol = encodeValue === undefined ? "FrameView" : `decode${NAMES.get(kind)}()`;
    Deno.test(`${symbol} understands vector ${name}`, () => {
      const decoded = decodeValue(viewOfFrame(decodeHex(frame)));
      assert.deepEqual(plain(decoded), value);
      if (encodeValue === undefined) return;
      assert.equal(encodeHex(encodeValue(decoded)) === frame, canonical);
    });
  }
}

Deno.test("FRAMES holds every kind of the transport", () => {
  const kinds = new Set(FRAMES.map(({ kind }) => kind));
  assert.deepEqual(Object.values(Kind).filter((kind) => !kinds.has(kind)), []);
});

for (const { name, frame } of ALL_FRAMES) {
  Deno.test(`FrameDecoder gives vector ${name} from one read and from single bytes`, () => {
    const bytes = decodeHex(frame);
    const whole = { frames: [{ kind: bytes[4], payload: bytes.slice(5) }] };
    const expected = { ...whole, errorCode: undefined, pendingBytes: 0 };
    assert.deepEqual(decode(newDecoder(bytes.length - 4), [bytes]), expected);
    assert.deepEqual(decode(newDecoder(bytes.length - 4), cut(bytes, [1])), expected);
    if (bytes.length === 5) return;
    const { errorCode } = decode(newDecoder(bytes.length - 5), [bytes]);
    assert.equal(errorCode, "frame-too-large", "one byte above the limit");
  });
}

Deno.test("FrameDecoder gives all vectors out of one stream, however it is cut", () => {
  const bytes = ALL_FRAMES.map(({ frame }) => decodeHex(frame));
  const expected = bytes.map((frame) => ({ kind: frame[4], payload: frame.slice(5) }));
  for (const sizes of [[1_000_000], [7], [64, 1, 4]]) {
    const { frames } = decode(newDecoder(), cut(concat(bytes), sizes), { scribble: true });
    assert.deepEqual(frames, expected);
  }
});

/** RFC 2104 by another implementation. */
function nodeHmac(secretHex: string, label: string, ...parts: readonly string[]): string {
  const hash = createHmac("sha256", decodeHex(secretHex)).update(label, "ascii");
  for (const part of parts) hash.update(decodeHex(part));
  return hash.digest("hex");
}

/** The proofs and the cookie of `vector`, as the specification words them. */
function expectedProofs({ client, server, ...vector }: HandshakeVector) {
  const { th, proof, welcome } = vector;
  const secret = server.tokenRequired ? client.token?.secret : undefined;
  const resumed = server.keepsSessions && client.session !== null;
  const derived = secret === undefined
    ? server.keepsSessions ? server.randomCookie : null
    : nodeHmac(secret, "tram/1 cookie", th);
  return {
    th: createHash("sha256").update(decodeHex(vector.hello + vector.challenge)).digest("hex"),
    clientProof: secret === undefined ? null : nodeHmac(secret, "tram/1 client", th),
    resumeProof: client.session && nodeHmac(client.session.cookie, "tram/1 resume", th),
    serverProof: secret === undefined
      ? null
      : nodeHmac(secret, "tram/1 server", th, proof, welcome.slice(0, -64)),
    cookie: resumed ? client.session.cookie : derived,
  };
}

/** A store that knows the session that `vector` resumes, and notes the one that it opens. */
function gateOf({ client, server }: HandshakeVector) {
  const opened: string[] = [];
  const gate: SessionGate = {
    find: (id) =>
      Promise.resolve(
        client.session?.id === id
          ? {
            cookie: decodeHex(client.session.cookie),
            highestSequence: BigInt(server.highestSequence),
          }
          : undefined,
      ),
    open(id, cookie) {
      opened.push(id, encodeHex(cookie));
      return Promise.resolve();
    },
  };
  return { gate, opened };
}

for (const vector of HANDSHAKES) {
  const { name, client, server, hello, challenge, proof, welcome, cookie } = vector;
  const token = client.token && { ...client.token, secret: decodeHex(client.token.secret) };

  Deno.test(`transcriptHash() and the proofs give vector ${name}`, async () => {
    const th = decodeHex(vector.th);
    assert.deepEqual(await proofs.transcriptHash(decodeHex(hello), decodeHex(challenge)), th);
    const digits = (bytes: Uint8Array | null) => bytes && encodeHex(bytes);
    const secret = server.tokenRequired ? token?.secret : undefined;
    const unproven = decodeHex(welcome).subarray(0, -proofs.PROOF_BYTES);
    const session = client.session && decodeHex(client.session.cookie);
    const { clientProof, resumeProof, serverProof } = vector;
    assert.deepEqual({ clientProof, resumeProof, serverProof }, {
      clientProof: digits(secret ? await proofs.clientProof(secret, th) : null),
      resumeProof: digits(session && await proofs.resumeProof(session, th)),
      serverProof: digits(
        secret ? await proofs.serverProof(secret, th, decodeHex(proof), unproven) : null,
      ),
    });
  });

  Deno.test(`createHmac() of Node gives vector ${name}`, () => {
    const { th, clientProof, resumeProof, serverProof } = vector;
    assert.deepEqual({ th, clientProof, resumeProof, serverProof, cookie }, expectedProofs(vector));
    const none = "0".repeat(64);
    assert.equal(proof.slice(10), (clientProof ?? none) + (resumeProof ?? none));
    assert.equal(welcome.slice(-64), serverProof ?? none);
  });

  Deno.test(`clientHandshake() sends vector ${name}`, async () => {
    const answers = [challenge, welcome].map((frame) => ({ bytes: decodeHex(frame) }));
    const stream = new ScriptedStream(answers);
    const { session } = client;
    const ended = await clientHandshake(
      new HandshakeLine(stream, newDecoder(4096)),
      client.service,
      {
        clientId: client.clientId,
        token: token ?? undefined,
        session: session === null
          ? undefined
          : { id: session.id, cookie: decodeHex(session.cookie) },
      },
      decodeHex(client.nonce),
    );
    assert.equal(encodeHex(stream.written), hello + proof);
    assert.equal(ended.cookie === undefined ? null : encodeHex(ended.cookie), cookie);
    assert.equal(ended.welcome.resumed, server.keepsSessions && session !== null);
  });

  Deno.test(`serverHandshake() sends vector ${name}`, async () => {
    const stream = new ScriptedStream([hello, proof].map((frame) => ({ bytes: decodeHex(frame) })));
    const { heartbeatMs, maxFrameBytes, bulkCreditBytes } = server;
    const terms = { heartbeatMs, maxFrameBytes, bulkCreditBytes };
    const { gate, opened } = gateOf(vector);
    const resumed = server.keepsSessions && client.session !== null;
    // In the order in which a server draws them: nonce, then for a new session its id and cookie.
    const random = [server.nonce, server.newSession, server.randomCookie ?? ""].map(decodeHex);
    const ended = await serverHandshake(
      new HandshakeLine(stream, newDecoder(4096)),
      {
        service: defineService({ name: client.service, kinds: {}, ...terms }),
        tokens: server.tokenRequired && token ? [token] : undefined,
        sessions: server.keepsSessions ? gate : undefined,
      },
      (count) => {
        const bytes = random.shift();
        assert.equal(bytes?.length, count);
        return bytes;
      },
    );
    assert.equal(encodeHex(stream.written), challenge + welcome);
    assert.equal(ended.resumed, resumed);
    assert.deepEqual(opened, server.keepsSessions && !resumed ? [server.newSession, cookie] : []);
  });
}

Deno.test("HANDSHAKES differ in every nonce, and with them in every proof", () => {
  const values = HANDSHAKES.flatMap((each) => [
    each.client.nonce,
    each.server.nonce,
    each.th,
    ...[each.clientProof, each.resumeProof, each.serverProof].filter((proof) => proof !== null),
  ]);
  assert.equal(new Set(values).size, values.length);
});
