/**
 * The proofs of the handshake: HMAC-SHA-256 (RFC 2104) over the exact frames that were exchanged, so
 * that nobody in between can change or leave out one of them. Pure functions of bytes, and
 * synchronous, so that a handshake on the fake clock plays the same way each time.
 */
import { hmac } from "@noble/hashes/hmac";
import { sha256 } from "@noble/hashes/sha2";
// @ts-types="../types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
// @ts-types="../types/std_timing_safe_equal.d.ts"
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";

/** Bytes of a proof, a nonce and a cookie. */
export const PROOF_BYTES = 32;

/** A secret of 32 bytes: a token or a session's cookie. */
export type Secret = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

function proof(secret: Secret, label: string, parts: readonly Uint8Array[]): Secret {
  return hmac(sha256, secret, concat([encoder.encode(label), ...parts])) as Secret;
}

/** th: SHA-256 of the HELLO frame followed by the CHALLENGE frame. */
export function transcriptHash(helloFrame: Uint8Array, challengeFrame: Uint8Array): Secret {
  return sha256(concat([helloFrame, challengeFrame])) as Secret;
}

/** What a client proves a token with. */
export function clientProof(token: Secret, th: Uint8Array): Secret {
  return proof(token, "tram/1 client", [th]);
}

/** What a client proves a session's cookie with. */
export function resumeProof(cookie: Secret, th: Uint8Array): Secret {
  return proof(cookie, "tram/1 resume", [th]);
}

/**
 * What a server proves a token with.
 *
 * @param proofFrame the exact PROOF frame
 * @param welcomeFrame the exact WELCOME frame, without the proof at its end
 */
export function serverProof(
  token: Secret,
  th: Uint8Array,
  proofFrame: Uint8Array,
  welcomeFrame: Uint8Array,
): Secret {
  return proof(token, "tram/1 server", [th, proofFrame, welcomeFrame]);
}

/** The cookie of a session that was opened with a token; both sides derive it. */
export function sessionCookie(token: Secret, th: Uint8Array): Secret {
  return proof(token, "tram/1 cookie", [th]);
}

/** Whether two proofs are equal, in constant time. */
export function equalProofs(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === PROOF_BYTES && b.length === PROOF_BYTES && timingSafeEqual(a, b);
}
