/** The handshake: who is refused, by which side, with which code, and that the log names the peer. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { eventLine } from "../../lib/log/server_log.ts";
import { dial } from "../../lib/transport/dial.ts";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { CLIENT_ID, clientIdFrom } from "../../lib/transport/handshake_messages.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { listen, type ServerEvent } from "../../lib/transport/listen.ts";
import { formatAddress, type Network } from "../../lib/transport/network.ts";
import { newToken } from "../../lib/transport/token.ts";
import { attempt } from "./attempt.ts";
import { memoryWorld, rawStream, testService, until } from "./world.ts";

const token = newToken();
const named = newToken("ada");
const utf8 = new TextEncoder();

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
    isEncrypted: false,
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

Deno.test("listen() lets nobody in on the word of an async admit", async () => {
  const admit = () => Promise.reject(new LineError("chat.banned", "too late")) as unknown as void;
  const result = await attempt({ admit }, {});
  assert.deepEqual([result.client, result.origin, result.joined], ["internal", "peer", 0]);
});
