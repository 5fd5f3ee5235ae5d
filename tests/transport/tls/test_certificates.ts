/** Certificates for tests, made once for each file that asks. */
import { systemClock } from "../../../lib/clock/system_clock.ts";
import {
  type CertifiedKey,
  newAuthority,
  newLeaf,
} from "../../../lib/transport/tls/certificates.ts";
import { tlsNetwork } from "../../../lib/transport/tls/tls_network.ts";
import type { Network } from "../../../lib/transport/network.ts";

/** An authority that tests trust. */
export const authority = await newAuthority({ name: "room", days: 30, clock: systemClock });

/** Another one, that they do not. */
export const stranger = await newAuthority({ name: "elsewhere", days: 30, clock: systemClock });

/** A certificate by {@linkcode authority}; by default for this machine, as of now. */
export function leafFor(
  names: readonly string[] = ["localhost", "127.0.0.1"],
  days = 5,
  agoDays = 0,
): Promise<CertifiedKey> {
  const clock = { wallUs: () => systemClock.wallUs() - agoDays * 24 * 3600 * 1e6 };
  return newLeaf(authority, { names, days, clock });
}

const leaf = await leafFor();

/** A network whose servers show `cert`, and whose clients trust `ca`. */
export function networkWith(cert: CertifiedKey = leaf, ca: CertifiedKey = authority): Network {
  return tlsNetwork({ ...cert, caPem: ca.certPem, caFile: "ca.pem" });
}
