/** Certificates of others: an authority signed the one that signed the server's. */
import assert from "node:assert/strict";
import "reflect-metadata"; // comes first: the next one needs it
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { systemClock } from "../../../lib/clock/system_clock.ts";
import { dial } from "../../../lib/transport/dial.ts";
import { listen } from "../../../lib/transport/listen.ts";
import { newLeaf } from "../../../lib/transport/tls/certificates.ts";
import { tlsNetwork } from "../../../lib/transport/tls/tls_network.ts";
import { testService } from "../../transport/world.ts";

const KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY_MS = 24 * 3600 * 1000;

/** What both authorities have. */
async function authorityParts(serialNumber: string, pathLength: number) {
  const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const options = {
    serialNumber,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(true, pathLength, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  };
  return { keys, options };
}

async function pkcs8(key: CryptoKey): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
  const base64 = btoa(String.fromCharCode(...bytes));
  return `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
}

const above = await authorityParts("01", 1);
const root = await X509CertificateGenerator.createSelfSigned({
  ...{ ...above.options, keys: above.keys, name: "CN=root" },
});
const below = await authorityParts("02", 0);
const between = await X509CertificateGenerator.create({
  ...{ ...below.options, subject: "CN=between", issuer: root.subject },
  ...{ publicKey: below.keys.publicKey, signingKey: above.keys.privateKey },
});
const betweenPem = `${between.toString("pem")}\n`;
const leaf = await newLeaf(
  { certPem: betweenPem, keyPem: await pkcs8(below.keys.privateKey) },
  { names: ["127.0.0.1"], days: 1, clock: systemClock },
);

/** Whether a client that trusts the root alone comes to a server that shows `certPem`. */
async function comesIn(certPem: string): Promise<boolean> {
  await using server = listen(
    testService,
    { host: "127.0.0.1", network: tlsNetwork({ certPem, keyPem: leaf.keyPem }) },
    () => ({}),
  );
  const network = tlsNetwork({ caPem: root.toString("pem"), caFile: "root.pem" });
  try {
    await using _ = await dial(
      testService,
      { ...server.address, network, clientId: "ada", timeoutMs: 20_000 },
      () => ({}),
    );
    return true;
  } catch {
    return false;
  }
}

Deno.test("tlsNetwork() shows the certificates in between that stand behind the server's own", async () => {
  assert.equal(await comesIn(leaf.certPem + betweenPem), true);
  assert.equal(await comesIn(leaf.certPem), false, "nobody knows who signed it");
});
