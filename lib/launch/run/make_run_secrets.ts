import type { RunContext } from "../../context.ts";
import { formatToken, newToken } from "../../transport/token.ts";
import type { RunFile } from "../guard/run_folder.ts";
import { isFar, type Place } from "./place.ts";

/** How long certificates of a run are valid, in days: longer than a run. */
const DAYS = 30;

/** What the processes of a run know of each other, and nobody else. */
export interface RunSecrets {
  /** For the run's folder on a machine. */
  readonly filesOf: (place: Place) => readonly RunFile[];
  /** Where processes find it: nothing of it is an argument, or in an environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A token for a run, and where it has several machines, an authority and a certificate for each: what
 * goes from one to another is encrypted.
 */
export async function makeRunSecrets(
  { clock }: Pick<RunContext, "clock">,
  places: readonly Place[],
): Promise<RunSecrets> {
  const token = { name: "token", text: `${formatToken(newToken())}\n` };
  const env = { TRAM_TOKEN_FILE: "{run}/token" };
  if (!places.some(isFar)) return { filesOf: () => [token], env };
  const { newAuthority, newLeaf } = await import("../../transport/tls/certificates.ts");
  const authority = await newAuthority({ name: "tram launch", days: DAYS, clock });
  const ca = { name: "ca.pem", text: authority.certPem };
  const files = new Map<Place, readonly RunFile[]>();
  for (const place of new Set(places)) {
    const names = [...new Set([place.address, "localhost", "127.0.0.1", "::1"])];
    const leaf = await newLeaf(authority, { names, days: DAYS, clock });
    files.set(place, [
      ...[token, ca, { name: "cert.pem", text: leaf.certPem }],
      { name: "key.pem", text: leaf.keyPem },
    ]);
  }
  return {
    filesOf: (place) => files.get(place) ?? [token],
    env: {
      ...env,
      TRAM_TLS_CA: "{run}/ca.pem",
      TRAM_TLS_CERT: "{run}/cert.pem",
      TRAM_TLS_KEY: "{run}/key.pem",
    },
  };
}
