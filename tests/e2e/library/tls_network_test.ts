/** `tlsNetwork()` over real sockets on loopback. */
import assert from "node:assert/strict";
import { dial } from "../../../lib/transport/dial.ts";
import { LineError, type LineErrorCode } from "../../../lib/transport/line_error.ts";
import { listen, type ListenOptions, type ServerEvent } from "../../../lib/transport/listen.ts";
import type { ByteStream, Network } from "../../../lib/transport/network.ts";
import { tcpNetwork } from "../../../lib/transport/tcp_network.ts";
import { tlsNetwork } from "../../../lib/transport/tls/tls_network.ts";
import {
  authority,
  leafFor,
  networkWith,
  stranger,
} from "../../transport/tls/test_certificates.ts";
import { testService } from "../../transport/world.ts";

const HOST = "127.0.0.1";
/** Many times what anything here takes. */
const DEADLINE_MS = 20_000;

const utf8 = new TextEncoder();

/** A connected pair of streams. */
async function streams(network: Network): Promise<{
  readonly client: ByteStream;
  readonly served: ByteStream;
  readonly [Symbol.dispose]: () => void;
}> {
  const listener = network.listen({ host: HOST, port: 0 });
  const [served, client] = await Promise.all([
    listener.accept(),
    network.connect({ host: HOST, port: listener.address.port }, AbortSignal.timeout(DEADLINE_MS)),
  ]);
  assert(served !== undefined);
  return {
    client,
    served,
    [Symbol.dispose]() {
      client.close();
      served.close();
      listener.close();
    },
  };
}

async function readSome(stream: ByteStream): Promise<string | null> {
  const bytes = new Uint8Array(100);
  const n = await stream.read(bytes);
  return n === null ? null : new TextDecoder().decode(bytes.subarray(0, n));
}

/** What client and server say of an attempt to join. */
async function attempt(
  server: Network,
  client: Network,
  host = HOST,
  options: Partial<ListenOptions> = {},
): Promise<{ readonly client: LineError | undefined; readonly server: ServerEvent[] }> {
  const events: ServerEvent[] = [];
  const heard = Promise.withResolvers<void>();
  await using line = listen(testService, {
    ...{ host: HOST, network: server, ...options },
    onEvent(event) {
      events.push(event);
      heard.resolve();
    },
  }, () => ({}));
  const dialled = await dial(
    testService,
    { host, port: line.address.port, network: client, clientId: "ada", timeoutMs: DEADLINE_MS },
    () => ({}),
  ).catch((error) => {
    assert(error instanceof LineError, String(error));
    return error;
  });
  await heard.promise;
  if (dialled instanceof LineError) return { client: dialled, server: events };
  await dialled.close();
  return { client: undefined, server: events };
}

for (const host of [HOST, "localhost"]) {
  Deno.test(`tlsNetwork() connects to ${host} when the certificate names it`, async () => {
    const { client, server } = await attempt(networkWith(), networkWith(), host);
    assert.equal(client, undefined);
    assert.equal(server[0]?.type, "joined");
  });
}

const elsewhere = await leafFor(["lab-1", "192.0.2.7"]);

for (
  const [what, server, client, code, says] of [
    [
      "a name that the certificate lacks",
      networkWith(elsewhere),
      networkWith(),
      "untrusted",
      /its certificate is for lab-1, 192\.0\.2\.7, not for 127\.0\.0\.1; dial one of those names/,
    ],
    [
      "another authority",
      networkWith(),
      networkWith(undefined, stranger),
      "untrusted",
      /is not from an authority in ca\.pem \("elsewhere \w{8}"\); take the ca\.pem that it was made/,
    ],
    [
      "a certificate that is over",
      networkWith(await leafFor([HOST], 2, 5)),
      networkWith(),
      "untrusted",
      /its certificate is not valid after 20\d\d-\d\d-\d\dT[\d:]+Z; it needs a new one/,
    ],
    [
      "a certificate that is not valid yet",
      networkWith(await leafFor([HOST], 9, -3)),
      networkWith(),
      "untrusted",
      /its certificate is not valid before 20\d\d-\d\d-\d\dT[\d:]+Z; look at this machine's clock/,
    ],
    [
      "an authority's certificate",
      networkWith(authority),
      networkWith(),
      "untrusted",
      /is that of an authority; it needs one that was made for it/,
    ],
    [
      "a server without TLS",
      tcpNetwork,
      networkWith(),
      "no-tls",
      /^Cannot shake hands with 127\.0\.0\.1:\d+: it speaks no TLS$/,
    ],
    [
      "a server with TLS from a client without",
      networkWith(),
      tcpNetwork,
      "tls-wanted",
      /^Cannot shake hands with 127\.0\.0\.1:\d+: it speaks TLS, this side does not$/,
    ],
  ] as const
) {
  Deno.test(`tlsNetwork() refuses ${what} with one line`, async () => {
    const { client: error, server: [event] } = await attempt(server, client);
    assert.equal(error?.code, code);
    assert.match(error?.message ?? "", says);
    assert.doesNotMatch(error?.message ?? "", /\n/);
    assert(error?.isPassing === false, "no use in trying again");
    assert.equal(event?.type, "refused");
  });
}

for (
  const [what, server, client, code, says] of [
    ["does not trust it", networkWith(elsewhere), networkWith(), "untrusted", /does not trust/],
    ["speaks no TLS", networkWith(), tcpNetwork, "no-tls", /: it speaks no TLS$/],
    ["speaks TLS to none", tcpNetwork, networkWith(), "frame-too-large", /looks like TLS/],
  ] as const
) {
  Deno.test(`a server says of a client that ${what} what is wrong`, async () => {
    const { server: [event] } = await attempt(server, client);
    assert(event?.type === "refused");
    assert.equal(event.error.code satisfies LineErrorCode, code);
    assert.match(event.error.message, says);
  });
}

Deno.test("tlsNetwork() refuses to listen with the key of another certificate", async () => {
  const { certPem } = await leafFor();
  const { keyPem } = elsewhere;
  for (
    const [material, says] of [
      [{ certPem, keyPem }, /the key does not belong to the certificate$/],
      [{ certPem, keyPem: "" }, /the key file holds no private key$/],
      [{ certPem: "", keyPem }, /the certificate file holds no certificate$/],
      [{ certPem }, /TLS needs a certificate and its key$/],
    ] as const
  ) {
    assert.throws(() => tlsNetwork(material).listen({ host: HOST, port: 0 }), (error) => {
      assert(error instanceof LineError);
      assert.equal(error.code, "cannot-listen");
      assert.match(error.message, says);
      return true;
    });
  }
});

Deno.test("tlsNetwork() accepts others while one does not finish its handshake", async () => {
  const network = networkWith();
  const refused: ServerEvent[] = [];
  const over = Promise.withResolvers<void>();
  await using line = listen(testService, {
    ...{ host: HOST, network, handshakeTimeoutMs: 300 },
    onEvent(event) {
      if (event.type !== "refused") return;
      if (refused.push(event) === 2) over.resolve();
    },
  }, () => ({}));
  const { port } = line.address;
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const silent = await tcpNetwork.connect(line.address, signal);
  const halfway = await tcpNetwork.connect(line.address, signal);
  await halfway.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0)); // the first bytes of a CLIENT_HELLO
  const options = { host: HOST, port, network, clientId: "ada", timeoutMs: DEADLINE_MS };
  const client = await dial(testService, options, () => ({}));
  assert.equal(line.connections.size, 1);
  await over.promise; // the line's own limit ends the two
  assert.deepEqual(
    refused.map((event) => event.type === "refused" && event.error.code),
    ["handshake-timeout", "handshake-timeout"],
  );
  await client.close();
  silent.close();
  halfway.close();
});

Deno.test("tlsNetwork() survives strangers that break off their handshakes", async () => {
  const network = networkWith();
  await using line = listen(testService, { host: HOST, network }, () => ({}));
  const signal = AbortSignal.timeout(DEADLINE_MS);
  for (let i = 0; i < 50; i++) {
    const stream = await tcpNetwork.connect(line.address, signal);
    await stream.write(i % 2 === 0 ? Uint8Array.of(0x16, 3, 1) : utf8.encode("GET / HTTP/1.1\r\n"));
    stream.close();
  }
  const { port } = line.address;
  const options = { host: HOST, port, network, clientId: "ada", timeoutMs: DEADLINE_MS };
  await using client = await dial(testService, options, () => ({}));
  assert(client.isOpen);
});

Deno.test("tlsNetwork() gives up a handshake when the signal aborts", async () => {
  const listener = tcpNetwork.listen({ host: HOST, port: 0 }); // accepts, and says nothing
  const reason = new DOMException("enough", "AbortError");
  const controller = new AbortController();
  const network = networkWith();
  const connecting = network.connect(listener.address, controller.signal);
  const served = await listener.accept();
  assert.equal((await readSome(served as ByteStream))?.charCodeAt(0), 0x16);
  controller.abort(reason);
  await assert.rejects(connecting, (error) => error === reason);
  const late = network.connect(listener.address, AbortSignal.timeout(50));
  await assert.rejects(late, /Cannot reach 127\.0\.0\.1:\d+: no answer in time$/);
  served?.close();
  listener.close();
});

Deno.test("tlsNetwork() says that a server hung up in the handshake, which may pass", async () => {
  const listener = tcpNetwork.listen({ host: HOST, port: 0 });
  const served = listener.accept().then((stream) => stream?.close());
  await assert.rejects(
    networkWith().connect(listener.address, AbortSignal.timeout(DEADLINE_MS)),
    (error) => error instanceof LineError && error.isPassing && /Cannot reach/.test(error.message),
  );
  await served;
  listener.close();
});

Deno.test("tlsNetwork() refuses a host that no certificate can name", async () => {
  const listener = tcpNetwork.listen({ host: HOST, port: 0 });
  const { port } = listener.address;
  const served = listener.accept();
  await assert.rejects(
    networkWith().connect({ host: "127.1", port }, AbortSignal.timeout(DEADLINE_MS)),
    (error) => error instanceof LineError && /Invalid hostname: '127\.1'/.test(error.message),
  );
  (await served)?.close();
  listener.close();
});

/** Hands on what comes, and keeps it. */
async function pump(from: ByteStream, to: ByteStream, seen: number[]): Promise<void> {
  const bytes = new Uint8Array(16 * 1024);
  for (let n; (n = await from.read(bytes)) !== null;) {
    seen.push(...bytes.subarray(0, n));
    for (let at = 0; at < n;) at += await to.write(bytes.slice(at, n));
  }
}

Deno.test("tlsNetwork() hides what it carries, and takes a cut for the end", async () => {
  const network = networkWith();
  assert(network.isEncrypted && !tcpNetwork.isEncrypted);
  const listener = network.listen({ host: HOST, port: 0 });
  const relay = tcpNetwork.listen({ host: HOST, port: 0 });
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const inner: ByteStream[] = [];
  const seen: number[] = [];
  const relaying = (async () => {
    const near = await relay.accept();
    const far = await tcpNetwork.connect(listener.address, signal);
    assert(near !== undefined);
    inner.push(near, far);
    await Promise.allSettled([pump(near, far, seen), pump(far, near, seen)]);
  })();
  const accepting = listener.accept();
  const client = await network.connect(relay.address, signal);
  const served = await accepting as ByteStream;
  await client.write(utf8.encode("meet me at the stop"));
  assert.equal(await readSome(served), "meet me at the stop");
  await served.write(utf8.encode("at noon"));
  assert.equal(await readSome(client), "at noon");
  const text = String.fromCharCode(...seen);
  assert.equal(text.charCodeAt(0), 0x16, "a TLS handshake comes first");
  for (const part of ["meet", "stop", "noon"]) assert(!text.includes(part), part);
  // TCP ends, TLS has not said so.
  const ends = [readSome(client), readSome(served)];
  for (const stream of inner) stream.close();
  assert.deepEqual(await Promise.all(ends), [null, null]);
  await relaying;
  client.close();
  served.close();
  listener.close();
  relay.close();
});

Deno.test("tlsNetwork() sends small pieces at once, from both sides", async () => {
  using pair = await streams(networkWith());
  for (const [from, to] of [[pair.client, pair.served], [pair.served, pair.client]] as const) {
    const tookMs: number[] = [];
    for (let i = 0; i < 9; i++) {
      const startMs = performance.now();
      for (const byte of [1, 2]) await from.write(Uint8Array.of(byte));
      for (let got = 0; got < 2;) got += (await to.read(new Uint8Array(2))) ?? 2;
      tookMs.push(performance.now() - startMs);
      await to.write(Uint8Array.of(3));
      await from.read(new Uint8Array(1));
    }
    // With Nagle's algorithm the second piece waits for an acknowledgement, which comes after 40 ms.
    tookMs.sort((a, b) => a - b);
    assert((tookMs[4] ?? Infinity) < 30, `median of ${tookMs} ms`);
  }
});

Deno.test({
  name: "tlsNetwork() closes a stream whose signal aborts right before the handshake",
  sanitizeResources: true,
  async fn() {
    const network = networkWith();
    const listener = network.listen({ host: HOST, port: 0 });
    const accepted = listener.accept();
    const ended = new AbortController();
    const { startTls } = Deno;
    Object.assign(Deno, {
      async startTls(...args: Parameters<typeof startTls>) {
        const conn = await startTls(...args);
        ended.abort(new Error("not any more"));
        return conn;
      },
    });
    try {
      await assert.rejects(network.connect(listener.address, ended.signal), /not any more/);
    } finally {
      Object.assign(Deno, { startTls });
    }
    (await accepted)?.close();
    listener.close();
  },
});
