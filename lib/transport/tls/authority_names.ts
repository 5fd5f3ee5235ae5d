import { pemBlocks } from "./pem_blocks.ts";
import { readCertificate } from "./read_certificate.ts";

/** Names of the certificates in a PEM text; those that cannot be read have none. */
export function authorityNames(pem: string): string[] {
  return pemBlocks(pem).flatMap(({ label, bytes }) => {
    if (label !== "CERTIFICATE") return [];
    try {
      return [readCertificate(bytes).subject];
    } catch {
      return []; // whoever uses it will say what is wrong
    }
  });
}
