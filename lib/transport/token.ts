/**
 * Tokens: 256-bit secrets that client and server share. A token file holds one per line, as `TOKEN`
 * or `NAME TOKEN`, with `#` comments; a token is 64 hexadecimal digits.
 */
// @ts-types="../types/std_hex.d.ts"
import { decodeHex, encodeHex } from "@std/encoding/hex";

/** Bytes of a token. */
const TOKEN_BYTES = 32;

/** A shared secret and the name that it goes by. */
export interface Token {
  /** Empty for a token without a name. */
  readonly name: string;
  /** 32 bytes. */
  readonly secret: Uint8Array<ArrayBuffer>;
}

/** Names that tokens may have. */
const NAME = /^[A-Za-z0-9._-]{1,32}$/;

/** Makes a token of 256 random bits. */
export function newToken(name = ""): Token {
  if (name !== "") checkName(name);
  return { name, secret: crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)) };
}

/** A token as a line of a token file, without the line end. */
export function formatToken({ name, secret }: Token): string {
  return name === "" ? encodeHex(secret) : `${name} ${encodeHex(secret)}`;
}

/**
 * Reads the tokens of a token file or of `TRAM_TOKEN`.
 *
 * @param source where the text is from, for messages; the text itself is never quoted
 * @throws {SyntaxError} naming the line that is wrong, or when there is no token
 */
export function parseTokens(text: string, source: string): Token[] {
  const tokens: Token[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const words = line.replace(/#.*/s, "").trim().split(/\s+/);
    if (words[0] === "") continue;
    const digits = words.at(-1) ?? "";
    const name = words.length > 1 ? words[0] ?? "" : "";
    const wrong = (what: string) =>
      new SyntaxError(`Cannot read ${source}, line ${index + 1}: ${what}`);
    if (words.length > 2) throw wrong("wanted TOKEN or NAME TOKEN");
    if (!/^[0-9a-fA-F]{64}$/.test(digits)) throw wrong("a token is 64 hexadecimal digits");
    if (name !== "" && !NAME.test(name)) throw wrong("a name is 1 to 32 of A-Z a-z 0-9 . _ -");
    if (tokens.some((token) => token.name === name)) {
      throw wrong(name === "" ? "a second token without a name" : `a second token "${name}"`);
    }
    tokens.push({ name, secret: decodeHex(digits) });
  }
  if (tokens.length === 0) throw new SyntaxError(`Cannot read ${source}: it holds no token`);
  return tokens;
}

function checkName(name: string): void {
  if (!NAME.test(name)) {
    // Not quoted: it may be a token that was pasted.
    throw new SyntaxError("Cannot name the token: wanted 1 to 32 of A-Z a-z 0-9 . _ -");
  }
}
