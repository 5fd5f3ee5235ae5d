import assert from "node:assert/strict";
import * as fc from "fast-check";
import { newAuthority, newLeaf } from "../../../lib/transport/tls/certificates.ts";
import { pemBlocks } from "../../../lib/transport/tls/pem_blocks.ts";
import { readCertificate } from "../../../lib/transport/tls/read_certificate.ts";

const DAY_MS = 24 * 3600 * 1000;

function clockAt(time: string) {
  return { wallUs: () => Date.parse(time) * 1000 };
}

function read(pem: string) {
  return readCertificate(pemBlocks(pem)[0]?.bytes ?? new Uint8Array());
}

const clock = clockAt("2026-11-20T10:00:00Z");
const authority = await newAuthority({ name: "tram on Ünder", days: 30, clock });
const names = ["lab-1", "192.0.2.7", "2001:db8::1"];
const leaf = await newLeaf(authority, { names, days: 9, clock });

Deno.test("readCertificate() reads an authority and what it signed", () => {
  const root = read(authority.certPem);
  assert.match(root.subject, /^tram on Ünder \w{8}$/);
  assert.deepEqual({ ...root, subject: "" }, {
    subject: "",
    issuer: root.subject,
    isSelfIssued: true,
    isAuthority: true,
    names: [],
    notBeforeMs: Date.parse("2026-11-19T10:00:00Z"),
    notAfterMs: Date.parse("2026-12-20T10:00:00Z"),
  });
  assert.deepEqual(read(leaf.certPem), {
    subject: "lab-1",
    issuer: root.subject,
    isSelfIssued: false,
    isAuthority: false,
    names,
    notBeforeMs: Date.parse("2026-11-19T10:00:00Z"),
    notAfterMs: Date.parse("2026-11-29T10:00:00Z"),
  });
});

Deno.test("readCertificate() reads times on both sides of 2050, where their form changes", async () => {
  for (const time of ["1999-12-31T23:59:59Z", "2049-12-31T23:59:59Z", "2050-01-02T00:00:00Z"]) {
    const { certPem } = await newAuthority({ name: "a", days: 1, clock: clockAt(time) });
    const { notBeforeMs, notAfterMs } = read(certPem);
    assert.equal(notBeforeMs, Date.parse(time) - DAY_MS);
    assert.equal(notAfterMs, Date.parse(time) + DAY_MS);
  }
});

const sample = pemBlocks(leaf.certPem)[0]?.bytes ?? new Uint8Array();

/** @throws whatever is no SyntaxError */
function canRead(bytes: Uint8Array): boolean {
  try {
    readCertificate(bytes);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

Deno.test("readCertificate() refuses a certificate that is cut anywhere", () => {
  assert(canRead(sample));
  for (let length = 0; length < sample.length; length++) {
    assert(!canRead(sample.subarray(0, length)), `${length} bytes`);
  }
});

Deno.test("readCertificate() throws nothing but SyntaxError, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.nat(sample.length - 1), fc.nat(255), (at, byte) => {
      const bytes = sample.slice();
      bytes[at] = byte;
      canRead(bytes);
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void canRead(bytes)));
});
