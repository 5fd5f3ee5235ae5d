import { UsageError } from "../config/usage_error.ts";
import type { RunContext } from "../context.ts";
import { type CertifiedKey, newAuthority } from "../transport/tls/certificates.ts";

/** Days for which an authority is made. */
const DAYS = 3650;

/** An authority, and whether it was made just now. */
export interface OpenedAuthority extends CertifiedKey {
  readonly isNew: boolean;
}

/**
 * The authority in a folder; a new one where there is none. It is never replaced: all that it signed
 * would be worth nothing.
 *
 * @param folder with what separates it from a name
 * @throws {UsageError} when one of its files is missing
 */
export async function openAuthority(
  { files, clock, hostName }: RunContext,
  folder: string,
): Promise<OpenedAuthority> {
  const [certFile, keyFile] = [`${folder}ca.pem`, `${folder}ca.key`];
  const certPem = await files.readText(certFile);
  const keyPem = await files.readSecret(keyFile);
  if (certPem !== undefined && keyPem !== undefined) return { certPem, keyPem, isNew: false };
  if (certPem !== undefined || keyPem !== undefined) {
    const [there, missing] = keyPem === undefined ? [certFile, keyFile] : [keyFile, certFile];
    throw new UsageError(
      `Cannot use the authority in ${folder}: ${there} is there and ${missing} is not; bring it ` +
        "back, or take another --ca-dir",
    );
  }
  const authority = await newAuthority({ name: `tram on ${hostName()}`, days: DAYS, clock });
  const options = { replaces: false };
  const isNew = await files.writeNew(keyFile, authority.keyPem, { ...options, isSecret: true }) &&
    await files.writeNew(certFile, authority.certPem, { ...options, isSecret: false });
  if (isNew) return { ...authority, isNew };
  throw new UsageError(
    `Cannot make an authority in ${folder}: another process has just made one; try again`,
  );
}
