import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import {
  clientProof,
  equalProofs,
  resumeProof,
  serverProof,
  sessionCookie,
  transcriptHash,
} from "../../lib/transport/proofs.ts";
import { concat } from "./plain_decoder.ts";
import { pattern } from "./samples.ts";

const SECRET = pattern(32, 1);
const TH = pattern(32, 2);
const PROOF_FRAME = pattern(69, 3);
const WELCOME_FRAME = pattern(150, 4);

/** RFC 2104 by another implementation. */
function hmac(secret: Uint8Array, ...parts: (string | Uint8Array)[]): Uint8Array {
  const hash = createHmac("sha256", secret);
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

Deno.test("transcriptHash() is SHA-256 of both frames", () => {
  const hash = createHash("sha256").update(pattern(200, 5)).update(pattern(100, 6)).digest();
  assert.deepEqual(transcriptHash(pattern(200, 5), pattern(100, 6)), new Uint8Array(hash));
});

Deno.test("clientProof() is HMAC-SHA-256 of its label and the transcript", () => {
  assert.deepEqual(clientProof(SECRET, TH), hmac(SECRET, "tram/1 client", TH));
});

Deno.test("resumeProof() is HMAC-SHA-256 of its label and the transcript", () => {
  assert.deepEqual(resumeProof(SECRET, TH), hmac(SECRET, "tram/1 resume", TH));
});

Deno.test("sessionCookie() is HMAC-SHA-256 of its label and the transcript", () => {
  assert.deepEqual(sessionCookie(SECRET, TH), hmac(SECRET, "tram/1 cookie", TH));
});

Deno.test("serverProof() is HMAC-SHA-256 of its label and all that was exchanged", () => {
  assert.deepEqual(
    serverProof(SECRET, TH, PROOF_FRAME, WELCOME_FRAME),
    hmac(SECRET, "tram/1 server", TH, PROOF_FRAME, WELCOME_FRAME),
  );
});

Deno.test("serverProof() takes views into larger memory", () => {
  const slab = concat([pattern(7, 9), PROOF_FRAME, WELCOME_FRAME]);
  assert.deepEqual(
    serverProof(SECRET, TH, slab.subarray(7, 76), slab.subarray(76)),
    hmac(SECRET, "tram/1 server", TH, PROOF_FRAME, WELCOME_FRAME),
  );
});

Deno.test("clientProof() matches a vector that was computed with openssl", () => {
  const secret = new Uint8Array(32).fill(0x0b);
  const th = new Uint8Array(32);
  assert.equal(hex(clientProof(secret, th)), VECTOR);
});

/** `(printf 'tram/1 client'; head -c 32 /dev/zero) | openssl mac -digest SHA256 -macopt hexkey:0b… HMAC` */
const VECTOR = "4269a8289df6ece0d0e588cf02732511169e862535fb9daac170511898992e55";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("clientProof() changes with any bit of secret and transcript", () => {
  const proof = hex(clientProof(SECRET, TH));
  for (let bit = 0; bit < 256; bit++) {
    const flipped = (bytes: Uint8Array) => {
      const copy = bytes.slice();
      copy[bit >> 3] = (copy[bit >> 3] as number) ^ 1 << (bit & 7);
      return copy as Uint8Array<ArrayBuffer>;
    };
    assert.notEqual(hex(clientProof(flipped(SECRET), TH)), proof);
    assert.notEqual(hex(clientProof(SECRET, flipped(TH))), proof);
  }
});

Deno.test("clientProof() and its like differ for the same secret and transcript", () => {
  const proofs = [
    clientProof(SECRET, TH),
    resumeProof(SECRET, TH),
    sessionCookie(SECRET, TH),
    serverProof(SECRET, TH, new Uint8Array(0), new Uint8Array(0)),
  ];
  assert.equal(new Set(proofs.map(hex)).size, 4);
});

Deno.test("equalProofs() is true for equal proofs of 32 bytes only", () => {
  assert.equal(equalProofs(pattern(32, 1), pattern(32, 1)), true);
  for (let at = 0; at < 32; at++) {
    const other = pattern(32, 1);
    other[at] = (other[at] as number) ^ 0x80;
    assert.equal(equalProofs(pattern(32, 1), other), false, `byte ${at}`);
  }
  assert.equal(equalProofs(pattern(31, 1), pattern(31, 1)), false);
  assert.equal(equalProofs(new Uint8Array(0), new Uint8Array(0)), false);
  assert.equal(equalProofs(pattern(32, 1), pattern(33, 1)), false);
});

Deno.test("equalProofs() compares views where they lie", () => {
  const slab = concat([pattern(5, 8), pattern(32, 1), pattern(32, 1)]);
  assert.equal(equalProofs(slab.subarray(5, 37), slab.subarray(37, 69)), true);
  assert.equal(equalProofs(slab.subarray(4, 36), slab.subarray(37, 69)), false);
});
