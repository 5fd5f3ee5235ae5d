/**
 * Makes certificates (X.509, RFC 5280): an authority of one's own, and certificates for machines that
 * are signed by it. Keys are ECDSA on P-256, made and used by Web Crypto.
 */
import "reflect-metadata"; // comes first: the next one needs it
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
// @ts-types="../../types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import type { Clock } from "../../clock/clock.ts";
import { derInside, derItems, DerTag } from "./der_items.ts";
import { isIpAddress } from "./machine_name.ts";
import { pemBlocks } from "./pem_blocks.ts";

/** A certificate and its key, as PEM. The key is a secret. */
export interface CertifiedKey {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Options of {@linkcode newAuthority}. */
export interface AuthorityOptions {
  /** What people see; eight random digits are added, so that no two have the same. */
  readonly name: string;
  /** How long it is valid. */
  readonly days: number;
  readonly clock: Pick<Clock, "wallUs">;
}

/** Options of {@linkcode newLeaf}. */
export interface LeafOptions {
  /** DNS names and IP addresses of the machine, at least one. */
  readonly names: readonly string[];
  /** How long it is valid; never longer than the authority. */
  readonly days: number;
  readonly clock: Pick<Clock, "wallUs">;
}

const KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

const DAY_MS = 24 * 3600 * 1000;

/** Clocks of a room differ, so that a certificate is valid before it is made, in milliseconds. */
const HEAD_START_MS = DAY_MS;

/** A common name has at most 64 characters; the random digits and a space need nine. */
const MAX_NAME_CHARS = 55;

/** A new authority: it can sign certificates of machines, but none of other authorities. */
export async function newAuthority(
  { name, days, clock }: AuthorityOptions,
): Promise<CertifiedKey> {
  const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: named(`${name.slice(0, MAX_NAME_CHARS)} ${newSerial().slice(2, 10)}`),
    ...validity(clock, days),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: pemOf(certificate), keyPem: await keyPemOf(keys.privateKey) };
}

/**
 * A certificate for a machine, signed by `authority`.
 *
 * @throws {SyntaxError} when the authority's files are no PEM, not those of an authority, or do not
 * belong together: nobody would trust what it signs
 * @throws {RangeError} when the authority is over
 */
export async function newLeaf(
  authority: CertifiedKey,
  { names, days, clock }: LeafOptions,
): Promise<CertifiedKey> {
  const issuer = readAuthority(authority.certPem);
  const dates = validity(clock, days);
  if (issuer.notAfter.getTime() <= clock.wallUs() / 1000) {
    throw new RangeError(
      `Cannot sign with ${issuer.subject}: it was valid until ${issuer.notAfter.toISOString()}`,
    );
  }
  const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: named((names[0] ?? "").slice(0, MAX_NAME_CHARS)),
    issuer: issuer.subjectName, // byte by byte, as it will be looked up
    notBefore: dates.notBefore,
    notAfter: new Date(Math.min(dates.notAfter.getTime(), issuer.notAfter.getTime())),
    signingAlgorithm: SIGNATURE,
    signingKey: await importKey(authority.keyPem),
    publicKey: keys.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({
          type: isIpAddress(value) ? "ip" as const : "dns" as const,
          value,
        })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  const isFitting = await certificate.verify({ publicKey: issuer.publicKey, signatureOnly: true })
    .catch(() => false); // a key of another kind
  if (!isFitting) {
    throw new SyntaxError(
      `Cannot sign with ${issuer.subject}: its key is that of another certificate`,
    );
  }
  return { certPem: pemOf(certificate), keyPem: await keyPemOf(keys.privateKey) };
}

/** @throws {SyntaxError} when it is none */
function readAuthority(pem: string): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    const wrong = "Cannot read the authority's certificate: wanted one as PEM";
    throw new SyntaxError(wrong, { cause });
  }
  if (certificate.getExtension(BasicConstraintsExtension)?.ca === true) return certificate;
  throw new SyntaxError(
    `Cannot sign with ${certificate.subject}: its certificate is not that of an authority`,
  );
}

/** 126 random bits that begin with a one: positive, and not told apart by how many were zero. */
function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0] ?? 0) & 0x3f | 0x40;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A name of one part. The library reads quotes and # as its own, so they have no place in it. */
function named(commonName: string): JsonName {
  return [{ CN: [commonName.replace(/[^\p{L}\p{N} ._:'-]/gu, "-")] }];
}

function validity(clock: Pick<Clock, "wallUs">, days: number) {
  const nowMs = Math.floor(clock.wallUs() / 1000);
  return {
    notBefore: new Date(nowMs - HEAD_START_MS),
    notAfter: new Date(nowMs + days * DAY_MS),
  };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function keyPemOf(key: CryptoKey): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
  const base64 = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PRIVATE KEY-----", ...base64, "-----END PRIVATE KEY-----", ""].join("\n");
}

async function importKey(pem: string): Promise<CryptoKey> {
  const wrong = "Cannot read the authority's key: wanted one of ECDSA on P-256";
  const block = pemBlocks(pem).find(({ label }) => label === "PRIVATE KEY");
  // Deno 2.4 does not survive another kind of key.
  if (block === undefined || !isP256(block.bytes)) throw new SyntaxError(wrong);
  try {
    return await crypto.subtle.importKey("pkcs8", block.bytes, KEY, false, ["sign"]);
  } catch (cause) {
    throw new SyntaxError(wrong, { cause });
  }
}

/** Numbers of `ecPublicKey` and `prime256v1`. */
const P256 = "2a8648ce3d0201 2a8648ce3d030107";

/** Whether a key (PKCS #8, RFC 5208) is of ECDSA on P-256. @throws {SyntaxError} */
function isP256(bytes: Uint8Array): boolean {
  const [, algorithm] = derInside(derItems(bytes)[0], DerTag.Sequence);
  const numbers = derInside(algorithm, DerTag.Sequence).map(({ content }) => encodeHex(content));
  return numbers.join(" ") === P256;
}
