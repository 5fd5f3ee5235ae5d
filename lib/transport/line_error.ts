/** The one class of errors that the line raises, with its closed set of codes. */

/** Codes of `tram/1`, as they stand in an ERROR frame. Meaning: `docs/protocol.md`, "Errors". */
export const LineErrorCode = {
  /** N is 0. */
  FrameEmpty: "frame-empty",
  /** N is above the limit in force. */
  FrameTooLarge: "frame-too-large",
  /** A kind below 0x80 that nobody registered. */
  UnknownKind: "unknown-kind",
  /** A kind that exists but has no place here: wrong direction, wrong moment. */
  UnexpectedKind: "unexpected-kind",
  /** A payload that does not have the form of its kind. */
  BadMessage: "bad-message",
  /** A bulk frame beyond the credit that was granted, or above 64 KiB. */
  CreditExceeded: "credit-exceeded",
  /** No common protocol version. */
  Version: "version",
  /** The server offers another service. */
  UnknownService: "unknown-service",
  /** The handshake took too long. */
  HandshakeTimeout: "handshake-timeout",
  /** The server wants a token and got no proof of one. */
  TokenRequired: "token-required",
  /** The proof does not fit any token of the server. */
  BadToken: "bad-token",
  /** The server did not prove that it knows the client's token. */
  ServerUnproven: "server-unproven",
  /** The session is unknown or its cookie was not proved. */
  BadSession: "bad-session",
  /** Somebody else proved the cookie of this session. */
  TakenOver: "taken-over",
  /** No place left. */
  Full: "full",
  /** More frames in a second than allowed. */
  TooFast: "too-fast",
  /** The peer takes what is sent to it too slowly. */
  SlowReader: "slow-reader",
  /** Nothing heard from the peer for three heartbeats. */
  Silent: "silent",
  /** No memory left for what the peer sends. */
  Overloaded: "overloaded",
  /** The peer is going down. */
  ShuttingDown: "shutting-down",
  /** A defect on the side that says so. */
  Internal: "internal",
  /** Only local: nobody answers at that address. */
  Unreachable: "unreachable",
  /** Only local: the address cannot be listened on. */
  CannotListen: "cannot-listen",
  /** Only local: the connection ended without a goodbye. */
  Lost: "lost",
  /** Only local: the peer speaks TLS and this side does not. */
  TlsWanted: "tls-wanted",
  /** Only local: this side speaks TLS and the peer does not. */
  NoTls: "no-tls",
  /** Only local: one side does not trust the other's certificate. */
  Untrusted: "untrusted",
  /** Only local: this side cancelled. */
  Cancelled: "cancelled",
} as const;

/** A code of the line, or one of a service's own, which has a dot: `chat.banned`. */
export type LineErrorCode =
  | typeof LineErrorCode[keyof typeof LineErrorCode]
  | `${string}.${string}`;

/** The form of a code. */
export const CODE = /^[a-z0-9.-]{1,64}$/;
/** The form of a code, for people. */
export const CODE_FORM = "wanted 1 to 64 of a-z 0-9 . -";

/** Codes after which trying again can help without anybody changing anything. */
const PASSING: ReadonlySet<string> = new Set([
  LineErrorCode.HandshakeTimeout,
  LineErrorCode.Full,
  LineErrorCode.SlowReader,
  LineErrorCode.Silent,
  LineErrorCode.Overloaded,
  LineErrorCode.ShuttingDown,
  LineErrorCode.Internal,
  LineErrorCode.Unreachable,
  LineErrorCode.Lost,
]);

/** Whether trying again later can help after `code`. */
export function isPassingCode(code: string): boolean {
  return PASSING.has(code);
}

/** Codes that say something of this side only and never travel. */
const LOCAL: ReadonlySet<string> = new Set([
  LineErrorCode.Unreachable,
  LineErrorCode.CannotListen,
  LineErrorCode.Lost,
  LineErrorCode.TlsWanted,
  LineErrorCode.NoTls,
  LineErrorCode.Untrusted,
  LineErrorCode.Cancelled,
]);

/** Who found the fault: this side, or the peer in an ERROR frame. */
export type LineErrorOrigin = "here" | "peer";

/** A violation of the protocol, a refusal, or a connection that cannot be had or kept. */
export class LineError extends Error {
  /** Name of the class. */
  override readonly name = "LineError";
  /** Stable code; a peer may send one that is not listed here. */
  readonly code: LineErrorCode;
  /** Whether this side or the peer found the fault. */
  readonly origin: LineErrorOrigin;

  /**
   * An error with its code; `message` is for people.
   *
   * @throws {RangeError} when the code has another form than 1 to 64 of `a-z 0-9 . -`
   */
  constructor(
    code: LineErrorCode,
    message: string,
    options: { readonly origin?: LineErrorOrigin; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    if (!CODE.test(code)) throw new RangeError(`Cannot use "${code}" as a code: ${CODE_FORM}`);
    this.code = code;
    this.origin = options.origin ?? "here";
  }

  /** Whether the peer is to be told: this side found the fault, and the line is still there. */
  get isForPeer(): boolean {
    return this.origin === "here" && !LOCAL.has(this.code);
  }

  /** Whether trying again later can help. */
  get isPassing(): boolean {
    return isPassingCode(this.code);
  }
}
