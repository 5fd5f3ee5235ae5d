/** Frames, and streams of frames as they cross a real line, for tests to feed and to spoil. */
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { FrameView } from "../../lib/transport/frame_view.ts";
import {
  type Challenge,
  encodeChallenge,
  encodeError,
  encodeGoodbye,
  encodeHello,
  encodeProof,
  encodeWelcome,
  type Hello,
  type Welcome,
} from "../../lib/transport/handshake_messages.ts";
import { concat } from "./plain_decoder.ts";

const encoder = new TextEncoder();

/** `count` bytes that differ from place to place. */
export function pattern(count: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, i) => i * 31 + (i >> 8) * 7 + seed * 101);
}

/** A frame with text as payload. */
function textFrame(kind: number, text: string): Uint8Array<ArrayBuffer> {
  return encodeFrame(kind, encoder.encode(text));
}

/** Four bytes with `n` in them, and `tail`. */
export function withLength(n: number, tail: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(4 + tail.length);
  new DataView(bytes.buffer).setUint32(0, n);
  bytes.set(tail, 4);
  return bytes;
}

/** A view of an encoded frame, as the decoder would give it. */
export function viewOfFrame(frame: Uint8Array): FrameView {
  const view = new FrameView(frame);
  view.moveTo(0, frame.length - 4);
  return view;
}

/** A view of a frame with this payload. */
export function viewOf(payload: Uint8Array | string, kind = 0x20): FrameView {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  return viewOfFrame(encodeFrame(kind, bytes));
}

/** A HELLO with all its members. */
export const HELLO: Hello = {
  versions: [1],
  service: "chat",
  clientId: "anna.laptop",
  nonce: pattern(32, 1),
  tokenName: "anna",
  session: "00112233445566778899aabbccddeeff",
};

/** A CHALLENGE. */
export const CHALLENGE: Challenge = { version: 1, nonce: pattern(32, 2), tokenRequired: true };

/** A WELCOME with all its members. */
export const WELCOME: Welcome = {
  session: "00112233445566778899aabbccddeeff",
  heartbeatMs: 5000,
  maxFrameBytes: 1024 * 1024,
  bulkCreditBytes: 256 * 1024,
  resumed: true,
  highestSequence: 9_007_199_254_740_993n,
  cookie: pattern(32, 3),
};

/** What a client sends on a short visit: handshake, chat, a sign of life, goodbye. */
export const CLIENT_STREAM: readonly Uint8Array[] = [
  encodeHello(HELLO),
  encodeProof({ token: pattern(32, 4), resume: pattern(32, 5) }),
  textFrame(0x20, "hello, everyone"),
  encodeFrame(0x21, new Uint8Array(0)),
  encodeFrame(Kind.Ping, pattern(8, 6)),
  textFrame(0x80, "größer als ASCII: ✓"),
  encodeGoodbye({ code: "done", message: "" }),
];

/** What the server answers. */
export const SERVER_STREAM: readonly Uint8Array[] = [
  encodeChallenge(CHALLENGE),
  encodeWelcome(WELCOME),
  encodeFrame(0x22, pattern(300, 7)),
  encodeFrame(Kind.Pong, pattern(8, 6)),
  encodeFrame(Kind.Credit, pattern(4, 8)),
  encodeFrame(Kind.GoodbyeAck, new Uint8Array(0)),
  encodeError({ code: "shutting-down", message: "back in a minute" }),
];

/** Both streams as bytes. */
export const RECORDED: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: "client", bytes: concat(CLIENT_STREAM) },
  { name: "server", bytes: concat(SERVER_STREAM) },
];
