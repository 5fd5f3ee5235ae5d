import assert from "node:assert/strict";
import "reflect-metadata";
import { X509Certificate } from "@peculiar/x509";
import { newAuthority, newLeaf } from "../../../lib/transport/tls/certificates.ts";

const clock = { wallUs: () => Date.parse("2026-11-20T10:00:00Z") * 1000 };
const authority = await newAuthority({ name: "room", days: 30, clock });
const root = new X509Certificate(authority.certPem);

Deno.test("newLeaf() is signed by the authority, which signed itself", async () => {
  const { certPem } = await newLeaf(authority, { names: ["lab-1"], days: 9, clock });
  const leaf = new X509Certificate(certPem);
  const date = new Date("2026-11-21T00:00:00Z");
  assert(await root.verify({ date }));
  assert(await leaf.verify({ publicKey: root.publicKey, date }));
  assert(!await leaf.verify({ date }));
});

Deno.test("newAuthority() never gives two the same name or number", async () => {
  const other = new X509Certificate((await newAuthority({ name: "room", days: 1, clock })).certPem);
  assert.notEqual(other.subject, root.subject);
  assert.notEqual(other.serialNumber, root.serialNumber);
});

Deno.test("newLeaf() is never valid longer than its authority", async () => {
  const { certPem } = await newLeaf(authority, { names: ["lab-1"], days: 400, clock });
  assert.deepEqual(new X509Certificate(certPem).notAfter, root.notAfter);
});

Deno.test("newLeaf() refuses an authority that is over", async () => {
  const later = { wallUs: () => Date.parse("2026-12-21T10:00:00Z") * 1000 };
  await assert.rejects(
    newLeaf(authority, { names: ["lab-1"], days: 9, clock: later }),
    /^RangeError: Cannot sign with CN=room \w{8}: it was valid until 2026-12-20T10:00:00/,
  );
});

Deno.test("newLeaf() refuses a key that is none, or of another kind", async () => {
  const rsa = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
      hash: "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", rsa.privateKey));
  const base64 = btoa(String.fromCharCode(...bytes));
  const rsaPem = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
  for (const keyPem of ["", rsaPem]) {
    await assert.rejects(
      newLeaf({ ...authority, keyPem }, { names: ["lab-1"], days: 9, clock }),
      /^SyntaxError: Cannot read the authority's key: /,
    );
  }
});

Deno.test("newLeaf() refuses an authority whose certificates nobody would trust", async () => {
  const other = await newAuthority({ name: "other", days: 9, clock });
  const options = { names: ["lab-1"], days: 9, clock };
  await assert.rejects(
    newLeaf({ ...authority, keyPem: other.keyPem }, options),
    /^SyntaxError: Cannot sign with CN=.*: its key is that of another certificate$/,
  );
  await assert.rejects(
    newLeaf(await newLeaf(authority, options), options),
    /^SyntaxError: Cannot sign with CN=lab-1: its certificate is not that of an authority$/,
  );
  for (const certPem of ["", "garbage", authority.keyPem]) {
    await assert.rejects(
      newLeaf({ ...authority, certPem }, options),
      /^SyntaxError: Cannot read the authority's certificate: wanted one as PEM$/,
    );
  }
});

Deno.test("newAuthority() takes any name that people give", async () => {
  for (const name of ["", "#beef", 'ada\'s desk, Ünï + "x"=y', "日本", "n".repeat(300)]) {
    const odd = await newAuthority({ name, days: 9, clock });
    const { certPem } = await newLeaf(odd, { names: ["lab-1"], days: 9, clock });
    assert.equal(new X509Certificate(certPem).issuer, new X509Certificate(odd.certPem).subject);
  }
});
