// @ts-types="../../types/std_hex.d.ts"
import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { Secret } from "../../transport/proofs.ts";
import type { StoredSession } from "../../transport/session/session_state.ts";

/** Bytes of the id of a session; those of its cookie follow. */
const ID_BYTES = 16;

/** Letters of a cookie as text: with `!reconnect ` before it, it fits into a row of 80 columns. */
export const COOKIE_LETTERS = 64;

/** Letters of a cookie that nobody types by chance. */
export const MIN_PART_LETTERS = 12;

/** Session and cookie as one word: base64url (RFC 4648, section 5) of 16 and 32 bytes. */
export function formatCookie({ id, cookie }: StoredSession): string {
  const bytes = [...decodeHex(id), ...cookie];
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/** The session that such a word proves; `undefined` where it is none. */
export function parseCookie(text: string): StoredSession | undefined {
  if (text.length !== COOKIE_LETTERS || !isCookieLike(text)) return undefined;
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const cookie = bytes.slice(ID_BYTES) as Secret;
  return { id: encodeHex(bytes.subarray(0, ID_BYTES)), cookie };
}

/** Whether a text could be a part of a cookie: one word of its letters. */
export function isCookieLike(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text);
}

/** Whether a text has a part in it of the cookie of this session. */
export function tellsCookie(text: string, session: StoredSession): boolean {
  const secret = formatCookie(session).slice(Math.ceil(ID_BYTES * 4 / 3)); // the id is none
  return (text.match(/[A-Za-z0-9_-]+/g) ?? []).some((word) => {
    for (let at = 0; at + MIN_PART_LETTERS <= word.length; at++) {
      if (secret.includes(word.slice(at, at + MIN_PART_LETTERS))) return true;
    }
    return false;
  });
}
