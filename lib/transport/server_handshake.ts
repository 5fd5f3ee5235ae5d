// @ts-types="../types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import { Kind, PROTOCOL_VERSION } from "./frame.ts";
import { frameBytes, type HandshakeLine } from "./handshake_line.ts";
import {
  decodeHello,
  decodeProof,
  encodeChallenge,
  encodeWelcome,
  type Hello,
  NO_PROOF,
} from "./handshake_messages.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import {
  clientProof,
  equalProofs,
  PROOF_BYTES,
  resumeProof,
  type Secret,
  serverProof,
  sessionCookie,
  transcriptHash,
} from "./proofs.ts";
import type { Service } from "./service.ts";
import type { Token } from "./token.ts";

/** Whose session it is. */
export interface SessionOwner {
  /** Name that the client gave itself in HELLO. */
  readonly clientId: string;
  /** Name of the token that it proved; "" when it named none. */
  readonly tokenName: string;
}

/** Where sessions are kept; the session module and a service's store implement it. */
export interface SessionGate {
  /** The cookie of a session and the highest sequence that was applied for it. */
  find(
    session: string,
  ): Promise<{ readonly cookie: Secret; readonly highestSequence: bigint } | undefined>;
  /** Notes a new session. */
  open(session: string, cookie: Secret, owner: SessionOwner): Promise<void>;
}

/** What a server's handshake needs. */
export interface ServerHandshakeOptions {
  readonly service: Service;
  /** Tokens that open the door; `undefined` when it stands open. */
  readonly tokens?: readonly Token[] | undefined;
  /** Where sessions are kept; without it each connection is a session of its own. */
  readonly sessions?: SessionGate | undefined;
  /** Last check, after the proofs. @throws {LineError} the reason to refuse */
  readonly admit?: ((hello: Hello) => void) | undefined;
}

/** How a server's handshake ended. */
export interface ServerHandshake {
  readonly hello: Hello;
  readonly session: string;
  readonly resumed: boolean;
  /** Highest sequence that was applied for the session. */
  readonly highestSequence: bigint;
}

/**
 * The server's side of the handshake.
 *
 * @param randomBytes gives bytes that nobody can guess
 * @throws {LineError} the reason for which the client is refused; the caller tells it
 */
export async function serverHandshake(
  line: HandshakeLine,
  options: ServerHandshakeOptions,
  randomBytes: (count: number) => Secret,
): Promise<ServerHandshake> {
  const { service, tokens, sessions } = options;
  const helloView = await line.receive(Kind.Hello, "HELLO");
  const helloFrame = frameBytes(helloView);
  const hello = decodeHello(helloView);
  checkHello(hello, service);

  const challengeFrame = encodeChallenge({
    version: PROTOCOL_VERSION,
    nonce: randomBytes(PROOF_BYTES),
    tokenRequired: tokens !== undefined,
  });
  await line.send(challengeFrame);

  const proofView = await line.receive(Kind.Proof, "PROOF");
  const proofFrame = frameBytes(proofView);
  const proof = decodeProof(proofView);
  const th = transcriptHash(helloFrame, challengeFrame);
  const secret = tokens && checkToken(tokens, hello.tokenName, proof.token, th, randomBytes);
  const resumed = sessions && hello.session !== undefined
    ? await checkSession(sessions, hello.session, proof.resume, th)
    : undefined;
  options.admit?.(hello);

  const session = resumed?.session ?? encodeHex(randomBytes(16));
  let cookie: Secret | undefined;
  if (resumed === undefined && sessions !== undefined) {
    cookie = secret === undefined ? randomBytes(PROOF_BYTES) : sessionCookie(secret, th);
    const { clientId, tokenName } = hello;
    await sessions.open(session, cookie, { clientId, tokenName });
  }
  const highestSequence = resumed?.highestSequence ?? 0n;
  const welcomeFrame = encodeWelcome({
    session,
    heartbeatMs: service.heartbeatMs,
    maxFrameBytes: service.maxFrameBytes,
    bulkCreditBytes: service.bulkCreditBytes,
    resumed: resumed !== undefined,
    highestSequence,
    cookie: secret === undefined ? cookie : undefined,
  });
  if (secret !== undefined) {
    const unproven = welcomeFrame.subarray(0, -PROOF_BYTES);
    const end = welcomeFrame.length - PROOF_BYTES;
    welcomeFrame.set(serverProof(secret, th, proofFrame, unproven), end);
  }
  await line.send(welcomeFrame);
  return { hello, session, resumed: resumed !== undefined, highestSequence };
}

function checkHello(hello: Hello, service: Service): void {
  if (!hello.versions.includes(PROTOCOL_VERSION)) {
    throw new LineError(
      LineErrorCode.Version,
      `Cannot speak version ${hello.versions.join(", ")}: this side speaks ${PROTOCOL_VERSION}`,
    );
  }
  if (hello.service !== service.name) {
    throw new LineError(
      LineErrorCode.UnknownService,
      `Cannot offer service "${hello.service}": this is a ${service.name} server`,
    );
  }
}

/** An unknown name takes as long as a wrong token, so that names cannot be found out. */
function checkToken(
  tokens: readonly Token[],
  name: string,
  proof: Uint8Array,
  th: Uint8Array,
  randomBytes: (count: number) => Secret,
): Secret {
  if (equalProofs(proof, NO_PROOF)) {
    throw new LineError(LineErrorCode.TokenRequired, "Cannot log in: this server wants a token");
  }
  const secret = tokens.find((token) => token.name === name)?.secret ?? randomBytes(PROOF_BYTES);
  if (!equalProofs(proof, clientProof(secret, th))) {
    throw new LineError(LineErrorCode.BadToken, "Cannot log in: wrong token");
  }
  return secret;
}

async function checkSession(
  sessions: SessionGate,
  session: string,
  proof: Uint8Array,
  th: Uint8Array,
): Promise<{ readonly session: string; readonly highestSequence: bigint }> {
  const found = await sessions.find(session);
  if (found === undefined || !equalProofs(proof, resumeProof(found.cookie, th))) {
    throw new LineError(LineErrorCode.BadSession, "Cannot resume the session: unknown or unproved");
  }
  return { session, highestSequence: found.highestSequence };
}
