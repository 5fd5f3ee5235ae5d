import assert from "node:assert/strict";
import fc from "fast-check";
// @ts-types="../../../lib/types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import { formatCookie, parseCookie } from "../../../lib/chat/client/cookie_text.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

Deno.test("formatCookie() makes a word that fits into 80 columns, and parseCookie() reads it", () => {
  fc.assert(fc.property(bytes(16), bytes(32), (id, cookie) => {
    const session = { id: encodeHex(id), cookie: Uint8Array.from(cookie) };
    const text = formatCookie(session);
    assert.match(text, /^[A-Za-z0-9_-]{64}$/);
    assert.deepEqual(parseCookie(text), session);
    assert.equal(parseCookie(text.slice(1)), undefined);
    assert.equal(parseCookie(`${text.slice(1)}=`), undefined);
  }));
});
