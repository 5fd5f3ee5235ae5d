/** Whom and what `tlsNetwork()` refuses, over real sockets on loopback. */
import assert from "node:assert/strict";
import { dial } from "../../../lib/transport/dial.ts";
import { LineError, type LineErrorCode } from "../../../lib/transport/line_error.ts";
import { listen, type ListenOptions, type ServerEvent } from "../../../lib/transport/listen.ts";
import type { Network } from "../../../lib/transport/network.ts";
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
