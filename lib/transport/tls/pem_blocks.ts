/** One part of a PEM text (RFC 7468). */
export interface PemBlock {
  /** What it says to hold: `CERTIFICATE`. */
  readonly label: string;
  /** From the line that begins it to the line that ends it. */
  readonly text: string;
  /** What it holds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^]*?)-----END \1-----/g;

/**
 * The parts of a PEM text; what stands between them is ignored.
 *
 * @throws {SyntaxError} when a part does not end, or holds something else than base64
 */
export function pemBlocks(pem: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [text, label = "", body = ""] of pem.matchAll(BLOCK)) {
    blocks.push({ label, text, bytes: decode(label, body) });
  }
  const begun = pem.match(/-----BEGIN /g)?.length ?? 0;
  if (begun === blocks.length) return blocks;
  throw new SyntaxError(`Cannot read PEM: ${begun} parts begin, ${blocks.length} end`);
}

/** Bytes of a body. Encrypted keys of old have headers before theirs. */
function decode(label: string, body: string): Uint8Array<ArrayBuffer> {
  const base64 = body.replace(/^(?:\s*[A-Za-z0-9-]+:.*\n)+/, "").replace(/\s+/g, "");
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw new SyntaxError(`Cannot read PEM: the ${label} is no base64`, { cause });
  }
}
