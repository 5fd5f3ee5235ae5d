/** `tlsNetwork()` over real sockets on loopback. */
import assert from "node:assert/strict";
import { dial } from "../../../lib/transport/dial.ts";
import { listen, type ServerEvent } from "../../../lib/transport/listen.ts";
import type { ByteStream, Network } from "../../../lib/transport/network.ts";
import { tcpNetwork } from "../../../lib/transport/tcp_network.ts";
import { networkWith } from "../../transport/tls/test_certificates.ts";
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
