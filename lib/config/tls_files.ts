/**
 * Reads the files of the TLS options and looks at what they hold: the runtime would take any text for
 * a list of authorities, and find out about others late.
 */
import type { Files } from "../context.ts";
import { type PemBlock, pemBlocks } from "../transport/tls/pem_blocks.ts";
import { type Certificate, readCertificate } from "../transport/tls/read_certificate.ts";
import { UsageError } from "./usage_error.ts";

/** What the file of `--tls-cert` holds. */
export interface CertFile extends Certificate {
  readonly pem: string;
}

/** Reads `--tls-cert`. @throws {UsageError} */
export async function readTlsCert(files: Files, file: string): Promise<CertFile> {
  const what = `--tls-cert ${file}`;
  const pem = await readFile(what, files.readText(file));
  const [certificate] = certificatesOf(what, pem);
  if (certificate === undefined) throw lacks(what, pem, "certificate");
  if (certificate.isAuthority) {
    throw new UsageError(
      `Cannot use ${what}: it is the certificate of the authority ${certificate.subject}; give the ` +
        'one of this machine, as "tram tls init" makes it',
    );
  }
  return { ...certificate, pem };
}

/** Reads `--tls-key`. @throws {UsageError} @throws {Error} when others may read it */
export async function readTlsKey(files: Files, file: string): Promise<string> {
  const what = `--tls-key ${file}`;
  const pem = await readFile(what, files.readSecret(file));
  const key = blocksOf(what, pem).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (key === undefined) throw lacks(what, pem, "private key");
  if (key.label.startsWith("ENCRYPTED") || /^Proc-Type:.*ENCRYPTED/m.test(key.text)) {
    throw new UsageError(
      `Cannot use ${what}: it is locked with a password; "openssl pkey -in ${file}" unlocks it`,
    );
  }
  return pem;
}

/** Reads `--tls-ca`. @throws {UsageError} */
export async function readTlsCa(files: Files, file: string): Promise<string> {
  const what = `--tls-ca ${file}`;
  const pem = await readFile(what, files.readText(file));
  const certificates = certificatesOf(what, pem);
  const [first] = certificates;
  if (first === undefined) throw lacks(what, pem, "certificate");
  if (!certificates.some(({ isAuthority, isSelfIssued }) => isAuthority || isSelfIssued)) {
    throw new UsageError(
      `Cannot use ${what}: it is the certificate of ${first.subject}; give that of the authority ` +
        `that made it, ${first.issuer}`,
    );
  }
  return pem;
}

async function readFile(what: string, reading: Promise<string | undefined>): Promise<string> {
  const text = await reading;
  if (text === undefined) throw new UsageError(`Cannot read ${what}: there is no such file`);
  return text;
}

function blocksOf(what: string, pem: string): PemBlock[] {
  try {
    return pemBlocks(pem);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause;
    throw new UsageError(`Cannot use ${what}: ${why}`, { cause });
  }
}

function certificatesOf(what: string, pem: string): Certificate[] {
  return blocksOf(what, pem).filter(({ label }) => label === "CERTIFICATE").map(({ bytes }) => {
    try {
      return readCertificate(bytes);
    } catch (cause) {
      throw new UsageError(`Cannot use ${what}: its certificate is broken`, { cause });
    }
  });
}

function lacks(what: string, pem: string, wanted: "certificate" | "private key"): UsageError {
  const labels = [...new Set(blocksOf(what, pem).map(({ label }) => label))];
  const holds = labels.length === 0 ? "it is no PEM" : `only ${labels.join(", ")}`;
  return new UsageError(`Cannot use ${what}: there is no ${wanted} in it, ${holds}`);
}
