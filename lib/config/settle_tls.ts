/** `--tls-cert none`, and what that means for the key. */
import type { Resolved } from "./resolve.ts";

/** Which place beats which: flag, environment, file. */
function rankOf({ origin }: Resolved): number {
  return origin === "flag" ? 2 : origin.startsWith("TRAM_") ? 1 : 0;
}

/**
 * Takes back the key with the certificate that it belongs to: who says `--tls-cert none` need not know
 * what a file says of the key. One that stands in the same place, or in one that beats it, stays, and
 * is an error.
 */
export function settleTls(
  resolved: ReadonlyMap<string, Resolved>,
): ReadonlyMap<string, Resolved> {
  const cert = resolved.get("tlsCert");
  const key = resolved.get("tlsKey");
  if (cert?.text !== "none" || key?.value === undefined) return resolved;
  return rankOf(cert) > rankOf(key) ? new Map([...resolved, ["tlsKey", cert]]) : resolved;
}
