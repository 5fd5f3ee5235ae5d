/** What tram wants to know of an X.509 certificate (RFC 5280), to say what is wrong with it. */
// @ts-types="../../types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import { derInside, type DerItem, derItems, DerTag } from "./der_items.ts";

/** A certificate. Nothing of it has been verified. */
export interface Certificate {
  /** Name of whom it is for: its common name, else all that is said. */
  readonly subject: string;
  /** Name of who signed it. */
  readonly issuer: string;
  /** It says to be signed with its own key. */
  readonly isSelfIssued: boolean;
  /** It is that of an authority, and no server can use it. */
  readonly isAuthority: boolean;
  /** DNS names and IP addresses that it is for. */
  readonly names: readonly string[];
  /** First and last moment at which it is valid, in milliseconds since 1970. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const COMMON_NAME = "550403";
const SUBJECT_ALTERNATIVE_NAME = "551d11";
const BASIC_CONSTRAINTS = "551d13";

/** Context-specific tags of the parts that a certificate may have. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

/** Tags of the names in a SubjectAltName. */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** Reads a certificate. @throws {SyntaxError} when it is none */
export function readCertificate(der: Uint8Array): Certificate {
  const [certificate] = derItems(der);
  const [toBeSigned] = derInside(certificate, DerTag.Sequence);
  const parts = derInside(toBeSigned, DerTag.Sequence);
  if (parts[0]?.tag === VERSION) parts.shift();
  const [, , issuer, validity, subject] = parts; // after serial number and algorithm
  if (issuer === undefined || subject === undefined) throw new SyntaxError("It is no certificate");
  const [from, to] = derInside(validity, DerTag.Sequence);
  const extensions = extensionsOf(parts.find(({ tag }) => tag === EXTENSIONS));
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    isSelfIssued: encodeHex(subject.content) === encodeHex(issuer.content),
    isAuthority: isAuthority(extensions.get(BASIC_CONSTRAINTS)),
    names: namesOf(extensions.get(SUBJECT_ALTERNATIVE_NAME)),
    notBeforeMs: timeOf(from),
    notAfterMs: timeOf(to),
  };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A name is a sequence of sets of pairs. */
function nameOf(name: DerItem): string {
  const pairs = derInside(name, DerTag.Sequence)
    .flatMap((set) => derInside(set, DerTag.Set))
    .map((pair) => derInside(pair, DerTag.Sequence))
    .map(([type, value]) => ({
      type: encodeHex(type?.content ?? new Uint8Array()),
      value: text(value?.content ?? new Uint8Array()),
    }));
  const common = pairs.filter(({ type }) => type === COMMON_NAME);
  return (common.length > 0 ? common : pairs).map(({ value }) => value).join(", ");
}

/** What extensions hold, by the number of their kind. */
function extensionsOf(item: DerItem | undefined): ReadonlyMap<string, Uint8Array> {
  if (item === undefined) return new Map();
  const [list] = derItems(item.content);
  return new Map(
    derInside(list, DerTag.Sequence).map((extension) => {
      const fields = derInside(extension, DerTag.Sequence);
      const [kind] = fields;
      const value = fields.find(({ tag }) => tag === DerTag.OctetString);
      return [encodeHex(kind?.content ?? new Uint8Array()), value?.content ?? new Uint8Array()];
    }),
  );
}

function isAuthority(constraints: Uint8Array | undefined): boolean {
  if (constraints === undefined) return false;
  const [first] = derInside(derItems(constraints)[0], DerTag.Sequence);
  return first?.tag === DerTag.Boolean && first.content[0] !== 0;
}

function namesOf(alternatives: Uint8Array | undefined): string[] {
  if (alternatives === undefined) return [];
  return derInside(derItems(alternatives)[0], DerTag.Sequence).flatMap(({ tag, content }) => {
    if (tag === DNS_NAME) return [text(content)];
    if (tag === IP_ADDRESS) return [addressOf(content)];
    return [];
  });
}

/** Text of an IP address, as people write it. */
function addressOf(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) throw new SyntaxError("It has an address that is none");
  const groups = encodeHex(bytes).match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1); // as RFC 5952 has it
}

/** Years with two digits are those from 1950 to 2049. */
function timeOf(item: DerItem | undefined): number {
  const isShort = item?.tag === DerTag.UtcTime;
  const digits = text(item?.content ?? new Uint8Array());
  const form = isShort ? /^(\d\d)(\d{4})(\d{6})Z$/ : /^(\d{4})(\d{4})(\d{6})Z$/;
  const [, year, day = "", time = ""] = form.exec(digits) ?? [];
  const fullYear = isShort ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : year;
  const date = day.replace(/..$/, "-$&");
  const ms = Date.parse(`${fullYear}-${date}T${time.replace(/..(?=.)/g, "$&:")}Z`);
  if (Number.isNaN(ms)) throw new SyntaxError("It has a time that is none");
  return ms;
}
