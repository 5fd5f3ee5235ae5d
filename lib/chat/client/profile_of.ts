// @ts-types="../../types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import { sha256 } from "@noble/hashes/sha2";

/** Names that are profiles as they are, with room for a number behind them. */
const PLAIN = /^(?!default$|n-|\d+$)[a-z0-9][a-z0-9._-]{0,27}$/;

/**
 * Profile of who joins under a nickname: the nickname itself where a profile may be called so and no
 * other is, else one made of its SHA-256. Nicknames that differ in case only have one.
 */
export function profileOf(nick: string): string {
  const name = nick.normalize("NFKC").toLowerCase();
  if (PLAIN.test(name)) return name;
  return `n-${encodeHex(sha256(new TextEncoder().encode(name))).slice(0, 16)}`;
}
