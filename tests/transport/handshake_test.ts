/** The handshake: who is refused, by which side, with which code, and that the log names the peer. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { eventLine } from "../../lib/log/server_log.ts";
import type { Credentials } from "../../lib/transport/client_handshake.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { CLIENT_ID, clientIdFrom } from "../../lib/transport/handshake_messages.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { listen, type ListenOptions, type ServerEvent } from "../../lib/transport/listen.ts";
import { type ByteStream, formatAddress, type Network } from "../../lib/transport/network.ts";
import { newToken } from "../../lib/transport/token.ts";
import { memoryWorld, rawStream, testService, until, type World } from "./world.ts";

interface Attempt {
  /** Code that the client ended with; `welcome` when it got in. */
  readonly client: string;
  /** Who found the fault, from the client's view. */
  readonly origin: string;
  /** Codes with which the server refused somebody. */
  readonly refused: readonly string[];
  /** What the server would log. */
  readonly log: readonly string[];
  /** Clients that the server let in. */
  readonly joined: number;
}

/** One server, one client, and what came of it. `between` sits on the wire. */
async function attempt(
  listenOptions: Partial<ListenOptions>,
  credentials: Partial<Credentials>,
  between: (network: Network) => Network = (network) => network,
  world: World = memoryWorld(),
): Promise<Attempt> {
  const { network, clock, budget } = world;
  const events: ServerEvent[] = [];
  const server = listen(
    testService,
    { network, clock, budget, onEvent: (event) => events.push(event), ...listenOptions },
    () => ({ note() {} }),
  );
  let client = "welcome";
  let origin = "";
  let connection: Connection | undefined;
  const dialling = dial(
    testService,
    {
      ...server.address,
      clientId: "ada",
      clock,
      budget,
      network: between(network),
      ...credentials,
    },
    () => ({}),
  ).then((opened) => connection = opened, (error) => {
    assert(error instanceof LineError, String(error));
    client = error.code;
    origin = error.origin;
  });
  await clock.runUntil(dialling);
  await clock.runUntil((async () => {
    await connection?.close();
    await server.close();
  })());
  assert.equal(budget.usedBytes, 0);
  const refused = events.flatMap((event) => event.type === "refused" ? [event.error.code] : []);
  const log = events.map((event) => eventLine(event, "text"));
  return { client, origin, refused, log, joined: events.filter((e) => e.type === "joined").length };
}

/** Changes the n-th frame that passes in one direction. */
function tampering(
  direction: "there" | "back",
  index: number,
  change: (frame: Uint8Array) => Uint8Array | undefined,
): (network: Network) => Network {
  return (network) => ({
    listen: (address) => network.listen(address),
    async connect(address, signal) {
      const stream = await network.connect(address, signal);
      let seen = 0;
      const pass = (frame: Uint8Array) => seen++ === index ? change(frame) : frame;
      return direction === "there" ? tamperWrites(stream, pass) : tamperReads(stream, pass);
    },
  });
}

/** In the handshake each write is one frame. */
function tamperWrites(
  stream: ByteStream,
  pass: (frame: Uint8Array) => Uint8Array | undefined,
): ByteStream {
  return {
    ...stream,
    async write(bytes) {
      const changed = pass(bytes);
      if (changed === undefined) return bytes.length;
      for (let at = 0; at < changed.length;) at += await stream.write(changed.subarray(at));
      return bytes.length;
    },
  };
}

/** In the handshake, over memory, each read is one frame. */
function tamperReads(
  stream: ByteStream,
  pass: (frame: Uint8Array) => Uint8Array | undefined,
): ByteStream {
  return {
    ...stream,
    async read(into) {
      for (;;) {
        const n = await stream.read(into);
        if (n === null) return null;
        const changed = pass(into.slice(0, n));
        if (changed === undefined) continue;
        into.set(changed);
        return changed.length;
      }
    },
  };
}

const token = newToken();
const named = newToken("ada");

Deno.test("handshake lets in with the right token, and without one where none is asked for", async () => {
  assert.equal((await attempt({ tokens: [token] }, { token })).client, "welcome");
  assert.equal((await attempt({ tokens: [newToken("bob"), named] }, { token: named })).joined, 1);
  assert.equal((await attempt({}, {})).client, "welcome");
  assert.equal((await attempt({}, { token, tokenUse: "if-asked" })).client, "welcome");
});

for (
  const [what, listenOptions, credentials, code, refused] of [
    ["a wrong token", { tokens: [token] }, { token: newToken() }, "bad-token", ["bad-token"]],
    [
      "an unknown name of a token",
      { tokens: [named] },
      { token: { ...named, name: "eve" } },
      "bad-token",
      ["bad-token"],
    ],
    ["no token", { tokens: [token] }, {}, "token-required", []],
    ["a server without the token", {}, { token }, "server-unproven", []],
    ["a full server", { maxClients: 0 }, {}, "full", ["full"]],
    ["a server with too many connections", { maxConnections: 0 }, {}, "full", ["full"]],
    ["an address with too many", { maxConnectionsPerAddress: 0 }, {}, "full", ["full"]],
  ] as const
) {
  Deno.test(`handshake refuses ${what} with ${code}`, async () => {
    const result = await attempt(listenOptions, credentials);
    assert.equal(result.client, code);
    assert.equal(result.joined, 0);
    if (refused.length === 0) return;
    assert.deepEqual(result.refused, refused);
    assert.equal(result.origin, "peer");
    assert.match(result.log[0] ?? "", new RegExp(`^tram: refused 127.0.0.1:\\d+ \\(${code}: `));
  });
}

Deno.test("listen() asks the service last, and refuses with its code", async () => {
  const seen: string[] = [];
  const refuse = (tokens?: typeof token[]) =>
    attempt({
      tokens,
      admit: ({ peer, clientId, tokenName }) => {
        seen.push(`${clientId} ${tokenName} ${peer.host}`);
        throw new LineError("chat.banned", "Banned until Monday");
      },
    }, { token: tokens && named, tokenUse: "if-asked" });
  const banned = await refuse([named]);
  assert.deepEqual([banned.client, banned.origin, banned.joined], ["chat.banned", "peer", 0]);
  await refuse();
  assert.deepEqual(seen, ["ada ada 127.0.0.1", "ada  127.0.0.1"]);
});

Deno.test("handshake refuses a PROOF without the token's part with token-required", async () => {
  const zeroed = tampering("there", 1, (frame) => frame.fill(0, 5));
  const result = await attempt({ tokens: [token] }, { token }, zeroed);
  assert.deepEqual([result.client, result.refused], ["token-required", ["token-required"]]);
});

Deno.test("handshake refuses a HELLO whose versions were changed on the way", async () => {
  const downgrade = tampering("there", 0, (frame) => {
    const payload = new TextDecoder().decode(frame.subarray(5)).replace("[1]", "[1,0]");
    return encodeFrame(Kind.Hello, new TextEncoder().encode(payload));
  });
  const result = await attempt({ tokens: [token] }, { token }, downgrade);
  assert.deepEqual([result.client, result.refused], ["bad-token", ["bad-token"]]);
});

Deno.test("handshake refuses a server that drops the demand for a token", async () => {
  const careless = tampering("back", 0, (frame) => {
    const text = new TextDecoder().decode(frame.subarray(5));
    const payload = text.replace('"tokenRequired":true', '"tokenRequired":false');
    return encodeFrame(Kind.Challenge, new TextEncoder().encode(payload));
  });
  const result = await attempt({ tokens: [token] }, { token }, careless);
  assert.equal(result.client, "server-unproven");
  assert.equal(result.joined, 0);
});

Deno.test("handshake refuses a version that was not offered, and unknown versions", async () => {
  const other = (kind: number, from: string, to: string) => (frame: Uint8Array) =>
    encodeFrame(
      kind,
      new TextEncoder().encode(new TextDecoder().decode(frame.subarray(5)).replace(from, to)),
    );
  const server = tampering("back", 0, other(Kind.Challenge, '"version":1', '"version":2'));
  assert.equal((await attempt({}, {}, server)).client, "version");
  const client = tampering("there", 0, other(Kind.Hello, "[1]", "[2,3]"));
  assert.deepEqual((await attempt({}, {}, client)).refused, ["version"]);
  const service = tampering("there", 0, other(Kind.Hello, '"test"', '"chat"'));
  assert.deepEqual((await attempt({}, {}, service)).refused, ["unknown-service"]);
});

Deno.test("handshake refuses a WELCOME that is cut, at every place", async () => {
  for (const keep of [0, 1, 4, 5, 20, 37, 100]) {
    const cut = tampering(
      "back",
      1,
      (frame) => encodeFrame(Kind.Welcome, frame.slice(5, 5 + keep)),
    );
    const { client } = await attempt({ tokens: [token] }, { token }, cut);
    assert(["bad-message", "server-unproven"].includes(client), `${keep} bytes: ${client}`);
  }
});

Deno.test("handshake refuses whenever one bit of one of its frames was changed", async () => {
  const place = fc.record({
    frame: fc.constantFrom(["there", 0], ["back", 0], ["there", 1], ["back", 1]) as fc.Arbitrary<
      ["there" | "back", number]
    >,
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    bit: fc.integer({ min: 0, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(place, async ({ frame: [direction, index], at, bit }) => {
      const flip = tampering(direction, index, (frame) => {
        // The second half of PROOF proves a session, and there is none here: it is not looked at.
        const end = direction === "there" && index === 1 ? 37 : frame.length;
        const changed = frame.slice();
        const place = Math.floor(at * end);
        changed[place] = (changed[place] ?? 0) ^ 1 << bit;
        return changed;
      });
      const result = await attempt({ tokens: [token] }, { token }, flip);
      assert.notEqual(result.client, "welcome");
    }),
    { numRuns: 150 },
  );
});

Deno.test("handshake gives a recording of one session no use in a second one", async () => {
  const world = memoryWorld();
  const recorded: Uint8Array[] = [];
  const recording = (network: Network): Network => ({
    listen: (address) => network.listen(address),
    connect: async (address, signal) =>
      tamperWrites(await network.connect(address, signal), (bytes) => {
        recorded.push(bytes.slice());
        return bytes;
      }),
  });
  assert.equal((await attempt({ tokens: [token] }, { token }, recording, world)).joined, 1);
  const { network, clock, budget } = world;
  const refused: string[] = [];
  const onEvent = (event: ServerEvent) => {
    assert(event.type === "refused");
    refused.push(event.error.code);
  };
  const options = { network, clock, budget, onEvent, tokens: [token] };
  const server = listen(testService, options, () => ({}));
  const replay = await rawStream(world, server.address);
  for (const frame of recorded) await replay.write(frame);
  assert.equal(await replay.errorCode(), "bad-token");
  replay.close();
  await server.close();
  assert.deepEqual(refused, ["bad-token"]);
});

const utf8 = new TextEncoder();

for (
  const [what, bytes, code] of [
    ["HTTP", utf8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "frame-too-large"],
    ["a TLS hello", Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3), "frame-too-large"],
    ["garbage", Uint8Array.of(0, 0, 0, 3, 1, 123, 34), "bad-message"],
    ["another kind", encodeFrame(Kind.Proof, new Uint8Array(64)), "unexpected-kind"],
    ["a HELLO that is too long", Uint8Array.of(0, 0, 16, 1, 1), "frame-too-large"],
    ["a HELLO without nonce", encodeFrame(Kind.Hello, utf8.encode("{}")), "bad-message"],
    ["an empty frame", new Uint8Array(4), "frame-empty"],
  ] as const
) {
  Deno.test(`handshake refuses ${what} with ${code} and one line that names the peer`, async () => {
    const world = memoryWorld();
    const { network, clock, budget } = world;
    const log: string[] = [];
    const onEvent = (event: ServerEvent) => log.push(eventLine(event, "text"));
    const server = listen(testService, { network, clock, budget, onEvent }, () => ({}));
    const peer = await rawStream(world, server.address);
    await peer.write(bytes);
    assert.equal(await peer.errorCode(), code);
    peer.close();
    await server.close();
    assert.equal(log.length, 1);
    assert.match(
      log[0] ?? "",
      new RegExp(`^tram: refused 127\\.0\\.0\\.1:\\d+ \\(${code}: [^\\n]+$`),
    );
  });
}

Deno.test("handshake refuses a HELLO that comes after 5 s, and one that trickles", async () => {
  for (const first of [new Uint8Array(0), Uint8Array.of(0, 0)]) {
    const world = memoryWorld();
    const { network, clock, budget } = world;
    const refused: string[] = [];
    const onEvent = (event: ServerEvent) => refused.push(event.type);
    const server = listen(testService, { network, clock, budget, onEvent }, () => ({}));
    const peer = await rawStream(world, server.address);
    if (first.length > 0) await peer.write(first);
    await clock.advance(4999);
    assert.deepEqual(refused, []);
    await clock.advance(1);
    assert.equal(await peer.errorCode(), "handshake-timeout");
    peer.close();
    await until(() => refused.length === 1);
    await server.close();
    assert.equal(clock.pendingTimers, 0);
  }
});

Deno.test("dial() gives up a server that accepts and says nothing", async () => {
  const { network, clock, budget } = memoryWorld();
  const silent = network.listen({ host: "127.0.0.1", port: 0 });
  const options = { ...silent.address, clientId: "ada", network, clock, budget, timeoutMs: 700 };
  await assert.rejects(
    clock.runUntil(dial(testService, options, () => ({}))),
    (error: unknown) =>
      error instanceof LineError && error.code === "unreachable" &&
      error.message.includes(formatAddress(silent.address)) && /700 ms/.test(error.message),
  );
  assert.equal(clock.monotonicNs(), 700e6);
  silent.close();
});

Deno.test("dial() ends at once when its signal aborts", async () => {
  const { network, clock, budget } = memoryWorld();
  const silent = network.listen({ host: "127.0.0.1", port: 0 });
  const controller = new AbortController();
  const { signal } = controller;
  const options = { ...silent.address, clientId: "ada", network, clock, budget, signal };
  const dialling = dial(testService, options, () => ({}));
  await until(() => clock.pendingTimers > 0);
  controller.abort(new Error("enough"));
  await assert.rejects(dialling, /enough/);
  assert.equal(clock.pendingTimers, 0);
  silent.close();
});

Deno.test("listen() refuses an address of other machines without token or insecure", () => {
  const { network, clock } = memoryWorld();
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "room.example"]) {
    assert.throws(() => listen(testService, { host, network, clock }, () => ({})), LineError);
  }
});

Deno.test("dial() tells why it was refused although its next write fails", async () => {
  const hangsUpEarly = (network: Network): Network => ({
    listen: (address) => network.listen(address),
    async connect(address, signal) {
      const stream = await network.connect(address, signal);
      let writes = 0;
      return {
        ...stream,
        write: (bytes) =>
          ++writes === 2 ? Promise.reject(new Error("broken pipe")) : stream.write(bytes),
      };
    },
  });
  // The server waits for PROOF in vain, and says so before it hangs up.
  const result = await attempt({ handshakeTimeoutMs: 100 }, {}, hangsUpEarly);
  assert.deepEqual([result.client, result.origin], ["handshake-timeout", "peer"]);
});

Deno.test("clientIdFrom() makes an id that is accepted out of any name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (name) => {
      assert.match(clientIdFrom(name), CLIENT_ID);
    }),
  );
  assert.match(clientIdFrom(`${"a".repeat(63)}\u{20000}b`), CLIENT_ID);
});
