/**
 * The payloads of the handshake's frames, and of ERROR and GOODBYE: what they hold and how they are
 * checked. Unknown JSON members are ignored, so that later versions can add some.
 */
// @ts-types="../types/std_hex.d.ts"
import { decodeHex, encodeHex } from "@std/encoding/hex";
import * as v from "valibot";
import {
  encodeFrame,
  HANDSHAKE_MAX_FRAME_BYTES,
  Kind,
  MAX_BULK_FRAME_BYTES,
  MAX_CREDIT_BYTES,
  MAX_FRAME_BYTES,
  MAX_HEARTBEAT_MS,
} from "./frame.ts";
import type { FrameView } from "./frame_view.ts";
import { CODE, CODE_FORM, LineError, LineErrorCode } from "./line_error.ts";
import { PROOF_BYTES } from "./proofs.ts";
import { parseJson } from "./parse_json.ts";

const encoder = new TextEncoder();

/** Longest text in ERROR and GOODBYE, in UTF-16 units. */
const MAX_MESSAGE_LENGTH = 500;

/** Longest time that a goodbye can ask a client to stay away: a day. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** Highest sequence of a session. */
const MAX_SEQUENCE = 2n ** 64n - 1n;

const hex32 = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, "wanted 64 hexadecimal digits"),
  v.transform(decodeHex),
);
const sessionId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, "wanted 32 hexadecimal digits"));
const code = v.pipe(v.string(), v.regex(CODE, CODE_FORM));
const message = v.pipe(v.string(), v.maxLength(MAX_MESSAGE_LENGTH));

/** Client ids: 1 to 64 letters, digits and `. _ -`. */
export const CLIENT_ID: RegExp = /^[\p{L}\p{N}._-]{1,64}$/u;

const helloSchema = v.object({
  versions: v.pipe(v.array(v.pipe(v.number(), v.integer())), v.minLength(1), v.maxLength(16)),
  service: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/, "wanted 1 to 32 of a-z 0-9 -")),
  clientId: v.pipe(v.string(), v.regex(CLIENT_ID, "wanted 1 to 64 letters, digits or . _ -")),
  nonce: hex32,
  tokenName: v.optional(v.pipe(v.string(), v.maxLength(32)), ""),
  session: v.optional(sessionId),
});
const challengeSchema = v.object({
  version: v.pipe(v.number(), v.integer()),
  nonce: hex32,
  tokenRequired: v.boolean(),
});
const whole = v.pipe(v.number(), v.integer());
const welcomeSchema = v.object({
  session: sessionId,
  heartbeatMs: v.pipe(whole, v.minValue(1), v.maxValue(MAX_HEARTBEAT_MS)),
  maxFrameBytes: v.pipe(
    whole,
    v.minValue(HANDSHAKE_MAX_FRAME_BYTES),
    v.maxValue(MAX_FRAME_BYTES),
  ),
  bulkCreditBytes: v.pipe(whole, v.minValue(MAX_BULK_FRAME_BYTES), v.maxValue(MAX_CREDIT_BYTES)),
  resumed: v.boolean(),
  highestSequence: v.pipe(
    v.string(),
    v.regex(/^\d{1,20}$/),
    v.toBigint(),
    v.maxValue(MAX_SEQUENCE),
  ),
  cookie: v.optional(hex32),
});
const errorSchema = v.object({ code, message });
const goodbyeSchema = v.object({
  code,
  message,
  retryAfterMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_RETRY_AFTER_MS))),
});

/** First frame of a client. */
export type Hello = v.InferOutput<typeof helloSchema>;
/** First frame of a server. */
export type Challenge = v.InferOutput<typeof challengeSchema>;
/** What the server grants. */
export type Welcome = v.InferOutput<typeof welcomeSchema>;
/** Why a side leaves. */
export interface Goodbye {
  /** `done`, `shutting-down`, or a code of the service's own. */
  readonly code: string;
  /** A sentence for people; empty when there is nothing to add. */
  readonly message: string;
  /** When the other side may come back, in milliseconds, up to a day. */
  readonly retryAfterMs?: number | undefined;
}

/** PROOF: 32 bytes for the token, 32 for the session's cookie; zeros where there is none. */
export interface Proof {
  readonly token: Uint8Array;
  readonly resume: Uint8Array;
}

/** A proof that proves nothing. */
export const NO_PROOF: Uint8Array<ArrayBuffer> = new Uint8Array(PROOF_BYTES);

function jsonFrame(kind: number, value: unknown): Uint8Array<ArrayBuffer> {
  return encodeFrame(kind, encoder.encode(JSON.stringify(value)));
}

/** The HELLO frame. */
export function encodeHello(hello: Hello): Uint8Array<ArrayBuffer> {
  const { tokenName, ...rest } = hello;
  return jsonFrame(Kind.Hello, {
    ...rest,
    nonce: encodeHex(hello.nonce),
    ...(tokenName === "" ? {} : { tokenName }),
  });
}

/** The CHALLENGE frame. */
export function encodeChallenge(challenge: Challenge): Uint8Array<ArrayBuffer> {
  return jsonFrame(Kind.Challenge, { ...challenge, nonce: encodeHex(challenge.nonce) });
}

/** The PROOF frame. */
export function encodeProof(proof: Proof): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(2 * PROOF_BYTES);
  payload.set(proof.token);
  payload.set(proof.resume, PROOF_BYTES);
  return encodeFrame(Kind.Proof, payload);
}

/** The WELCOME frame with room for the server's proof at its end: zeros, to be overwritten. */
export function encodeWelcome(welcome: Welcome): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(JSON.stringify({
    ...welcome,
    highestSequence: welcome.highestSequence.toString(),
    ...(welcome.cookie === undefined ? {} : { cookie: encodeHex(welcome.cookie) }),
  }));
  const payload = new Uint8Array(text.length + PROOF_BYTES);
  payload.set(text);
  return encodeFrame(Kind.Welcome, payload);
}

/** The ERROR frame. @throws {RangeError} when the code has another form */
export function encodeError(error: { code: string; message: string }): Uint8Array<ArrayBuffer> {
  checkCode(error.code);
  return jsonFrame(Kind.Error, {
    code: error.code,
    message: shortened(error.message),
  });
}

/** The GOODBYE frame. @throws {RangeError} when the code has another form */
export function encodeGoodbye(goodbye: Goodbye): Uint8Array<ArrayBuffer> {
  checkCode(goodbye.code);
  return jsonFrame(Kind.Goodbye, {
    ...goodbye,
    message: shortened(goodbye.message),
  });
}

function shortened(message: string): string {
  return message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed();
}

function checkCode(code: string): void {
  if (!CODE.test(code)) throw new RangeError(`Cannot send code "${code}": ${CODE_FORM}`);
}

/** Reads HELLO. @throws {LineError} `bad-message` */
export function decodeHello(view: FrameView): Hello {
  return parseJson(helloSchema, view.text(), "HELLO");
}

/** Reads CHALLENGE. @throws {LineError} `bad-message` */
export function decodeChallenge(view: FrameView): Challenge {
  return parseJson(challengeSchema, view.text(), "CHALLENGE");
}

/** Reads PROOF. @throws {LineError} `bad-message` */
export function decodeProof(view: FrameView): Proof {
  if (view.length !== 2 * PROOF_BYTES) {
    throw new LineError(
      LineErrorCode.BadMessage,
      `Cannot read PROOF: ${view.length} bytes, wanted ${2 * PROOF_BYTES}`,
    );
  }
  return { token: view.copy(0, PROOF_BYTES), resume: view.copy(PROOF_BYTES) };
}

/** Reads WELCOME and the proof at its end. @throws {LineError} `bad-message` */
export function decodeWelcome(view: FrameView): { welcome: Welcome; proof: Uint8Array } {
  if (view.length < PROOF_BYTES) {
    throw new LineError(LineErrorCode.BadMessage, `Cannot read WELCOME: ${view.length} bytes`);
  }
  const end = view.length - PROOF_BYTES;
  return {
    welcome: parseJson(welcomeSchema, view.text(0, end), "WELCOME"),
    proof: view.copy(end),
  };
}

/** Reads ERROR as the error that the peer found. @throws {LineError} `bad-message` */
export function decodeError(view: FrameView): LineError {
  const error = parseJson(errorSchema, view.text(), "ERROR");
  return new LineError(error.code as LineErrorCode, error.message, { origin: "peer" });
}

/** Reads GOODBYE. @throws {LineError} `bad-message` */
export function decodeGoodbye(view: FrameView): Goodbye {
  return parseJson(goodbyeSchema, view.text(), "GOODBYE");
}

/** A client id out of a machine's name: what does not belong in one becomes `-`. */
export function clientIdFrom(name: string): string {
  return [...name.replace(/[^\p{L}\p{N}._-]/gu, "-")].slice(0, 64).join("") || "client";
}
