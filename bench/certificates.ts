import { systemClock } from "../lib/clock/system_clock.ts";
import { newAuthority, newLeaf } from "../lib/transport/tls/certificates.ts";

/** Certificates for peers on this machine, in a folder that is removed in the end. */
export async function makeCertificates(): Promise<{ readonly folder: string } & Disposable> {
  const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
  const ca = await newAuthority({ name: "bench", days: 1, clock: systemClock });
  const leaf = await newLeaf(ca, { names: ["127.0.0.1"], days: 1, clock: systemClock });
  Deno.writeTextFileSync(`${folder}/ca.pem`, ca.certPem);
  Deno.writeTextFileSync(`${folder}/cert.pem`, leaf.certPem);
  Deno.writeTextFileSync(`${folder}/key.pem`, leaf.keyPem, { mode: 0o600 });
  return { folder, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}
