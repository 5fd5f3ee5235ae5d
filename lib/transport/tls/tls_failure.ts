/** Turns what Deno says of a failed TLS handshake into errors that say what would be right. */
import { LineError, LineErrorCode } from "../line_error.ts";
import { type Address, formatAddress } from "../network.ts";

/** Whom a client trusts. */
export interface Trusted {
  /** Where that is written. */
  readonly file: string;
  /** Names of the authorities. */
  readonly authorities: readonly string[];
}

/** More names than these are counted. */
const MAX_NAMES = 5;

/**
 * Why a client does not go on with a server.
 *
 * @returns `undefined` when it is no matter of TLS
 */
export function serverRefusal(
  server: Address,
  trusted: Trusted,
  cause: unknown,
): LineError | undefined {
  const where = formatAddress(server);
  if (cause instanceof Deno.errors.UnexpectedEof) {
    return new LineError(
      LineErrorCode.Unreachable,
      `Cannot reach ${where}: it hung up in the TLS handshake`,
      { cause },
    );
  }
  if (!(cause instanceof Deno.errors.InvalidData)) return undefined;
  const why = certificateProblem(cause.message, server.host, trusted);
  if (why !== undefined) {
    return new LineError(LineErrorCode.Untrusted, `Cannot trust ${where}: ${why}`, { cause });
  }
  const what = /corrupt message/.test(cause.message)
    ? "it speaks no TLS"
    : `it speaks another TLS: ${cause.message}`;
  return new LineError(LineErrorCode.NoTls, `Cannot shake hands with ${where}: ${what}`, { cause });
}

/**
 * Why a client did not go on with this server, or this server with it.
 *
 * @returns `undefined` when it is no matter of TLS
 */
export function clientRefusal(client: Address, cause: unknown): LineError | undefined {
  if (!(cause instanceof Deno.errors.InvalidData)) return undefined;
  const where = `Cannot shake hands with ${formatAddress(client)}`;
  const alert = /fatal alert: (\w+)/.exec(cause.message)?.[1] ?? "";
  if (/^(UnknownCA|.*Certificate.*)$/.test(alert)) {
    const message = `${where}: it does not trust this server's certificate (${alert})`;
    return new LineError(LineErrorCode.Untrusted, message, { cause });
  }
  const what = /corrupt message/.test(cause.message)
    ? "it speaks no TLS"
    : `it speaks another TLS: ${cause.message}`;
  return new LineError(LineErrorCode.NoTls, `${where}: ${what}`, { cause });
}

/** What is wrong with a certificate; `undefined` when nothing is said of one. */
function certificateProblem(
  message: string,
  host: string,
  trusted: Trusted,
): string | undefined {
  const [, problem] = /invalid peer certificate: (.*)/s.exec(message) ?? [];
  if (problem === undefined) return undefined;
  if (/UnknownIssuer|BadSignature/.test(problem)) return unknownIssuer(trusted);
  if (/not valid for name|NotValidForName/.test(problem)) return wrongName(problem, host);
  if (/not valid yet|NotValidYet/.test(problem)) {
    return `its certificate is not valid ${time(problem, "before") ?? "yet"}; look at this ` +
      "machine's clock";
  }
  if (/expired/i.test(problem)) {
    return `its certificate is not valid ${time(problem, "after") ?? "any more"}; it needs a new ` +
      "one, if this machine's clock is right";
  }
  if (/CaUsedAsEndEntity/.test(problem)) {
    return "its certificate is that of an authority; it needs one that was made for it";
  }
  return `its certificate is not right: ${problem}`;
}

function unknownIssuer({ file, authorities }: Trusted): string {
  const known = authorities.slice(0, MAX_NAMES).map((name) => `"${name}"`);
  const rest = authorities.length - known.length;
  const all = [...known, ...rest > 0 ? [`${rest} more`] : []].join(", ");
  return `its certificate is not from an authority in ${file} (${all || "which names none"}); ` +
    "take the ca.pem that it was made with";
}

/** Names stand in the message as `DnsName("lab-1") or IpAddress(192.0.2.7)`. */
function wrongName(problem: string, host: string): string {
  const names = [...problem.matchAll(/DnsName\("([^"]*)"\)|IpAddress\(([^)]*)\)/g)]
    .map(([, dns, address = ""]) => dns ?? address.replace(/^0::/, "::"));
  const known = names.length === 0 ? "nobody" : names.join(", ");
  return `its certificate is for ${known}, not for ${host}; dial one of those names, or make it ` +
    "one with this name";
}

/** A moment in the message: seconds since 1970. */
function time(problem: string, word: "before" | "after"): string | undefined {
  const [, seconds] = new RegExp(`not valid ${word} (\\d{1,12})`).exec(problem) ?? [];
  if (seconds === undefined) return undefined;
  return `${word} ${new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z")}`;
}
