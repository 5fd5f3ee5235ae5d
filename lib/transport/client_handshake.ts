import { Kind, PROTOCOL_VERSION } from "./frame.ts";
import { frameBytes, type HandshakeLine } from "./handshake_line.ts";
import {
  decodeChallenge,
  decodeWelcome,
  encodeHello,
  encodeProof,
  NO_PROOF,
  type Welcome,
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
import type { Token } from "./token.ts";

/** Who a client is and what it holds. */
export interface Credentials {
  /** 1 to 64 letters, digits and `. _ -`. */
  readonly clientId: string;
  /** Proves that the client belongs here, and that the server does. */
  readonly token?: Token | undefined;
  /**
   * What to do with a server that asks for no token. `always`: refuse it, since it may be an
   * impostor. `if-asked`: go on without; for servers on this machine.
   * @default {"always"}
   */
  readonly tokenUse?: "always" | "if-asked";
  /** The session to take up again. */
  readonly session?: { readonly id: string; readonly cookie: Secret } | undefined;
}

/** How a client's handshake ended. */
export interface ClientHandshake {
  readonly welcome: Welcome;
  /** The session's secret, for a later resumption; `undefined` when the server gave none. */
  readonly cookie: Secret | undefined;
  /** Name of the token that was proved; empty without one. */
  readonly tokenName: string;
}

/**
 * The client's side of the handshake.
 *
 * @param nonce 32 random bytes that were never used before
 * @throws {LineError} what the server refused with, or why this side refuses the server
 */
export async function clientHandshake(
  line: HandshakeLine,
  service: string,
  credentials: Credentials,
  nonce: Secret,
): Promise<ClientHandshake> {
  const { clientId, token, session } = credentials;
  const helloFrame = encodeHello({
    versions: [PROTOCOL_VERSION],
    service,
    clientId,
    nonce,
    tokenName: token?.name ?? "",
    session: session?.id,
  });
  await line.send(helloFrame);

  const challengeView = await line.receive(Kind.Challenge, "CHALLENGE");
  const challengeFrame = frameBytes(challengeView);
  const challenge = decodeChallenge(challengeView);
  if (challenge.version !== PROTOCOL_VERSION) {
    throw new LineError(
      LineErrorCode.Version,
      `Cannot speak version ${challenge.version}: this side offered ${PROTOCOL_VERSION}`,
    );
  }
  const secret = secretToUse(challenge.tokenRequired, credentials);
  const th = transcriptHash(helloFrame, challengeFrame);
  const proofFrame = encodeProof({
    token: secret === undefined ? NO_PROOF : clientProof(secret, th),
    resume: session === undefined ? NO_PROOF : resumeProof(session.cookie, th),
  });
  await line.send(proofFrame);

  const welcomeView = await line.receive(Kind.Welcome, "WELCOME");
  const welcomeFrame = frameBytes(welcomeView);
  const { welcome, proof } = decodeWelcome(welcomeView);
  if (secret !== undefined) {
    const unproven = welcomeFrame.subarray(0, -PROOF_BYTES);
    if (!equalProofs(proof, serverProof(secret, th, proofFrame, unproven))) {
      throw new LineError(
        LineErrorCode.ServerUnproven,
        "Cannot trust the server: it did not prove that it knows the token",
      );
    }
  }
  if (welcome.resumed && welcome.session !== session?.id) {
    throw new LineError(
      LineErrorCode.BadSession,
      "Cannot trust the server: it resumed a session that was not asked for",
    );
  }
  const fresh = secret === undefined ? welcome.cookie : sessionCookie(secret, th);
  const tokenName = secret === undefined ? "" : token?.name ?? "";
  return { welcome, cookie: welcome.resumed ? session?.cookie : fresh, tokenName };
}

function secretToUse(tokenRequired: boolean, credentials: Credentials): Secret | undefined {
  const { token, tokenUse = "always" } = credentials;
  if (tokenRequired && token === undefined) {
    throw new LineError(LineErrorCode.TokenRequired, "Cannot log in: the server wants a token");
  }
  if (!tokenRequired && token !== undefined && tokenUse === "always") {
    throw new LineError(
      LineErrorCode.ServerUnproven,
      "Cannot trust the server: it asks for no token, though this client was given one",
    );
  }
  return tokenRequired ? token?.secret : undefined;
}
