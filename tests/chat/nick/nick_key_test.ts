import assert from "node:assert/strict";
import fc from "fast-check";
import { nickKey } from "../../../lib/chat/nick/nick_key.ts";
import { parseNick } from "../../../lib/chat/nick/parse_nick.ts";
import { nickLike } from "./nick_like.ts";

/** Names that one could take for the first. */
const SAME: readonly (readonly string[])[] = [
  ["root", "r00t", "ROOT", "r0Ot", "гооt", "ｒｏｏｔ", "r𝐨𝐨t"],
  ["bill", "BILL", "biII", "bi11", "b1ll", "bіӏӏ", "bιll", "bıll", "B|ll"],
  ["modern", "rnodern", "MODERN", "mоdеrn", "m0dern"],
  ["wave", "vvave", "VVAVE", "ԝave"],
  ["straße", "strasse", "STRASSE", "STRAẞE", "ſtraße"],
  ["istanbul", "İstanbul", "ıstanbul", "ISTANBUL"],
  ["ada", "аdа", "αdα", "ＡＤＡ", "ADA", "aԁa"],
  ["pace", "расе", "РАСЕ", "ραce"],
  ["sxyh", "ѕхуһ", "ЅХУҺ"],
  ["jqd", "јԛԁ"],
  ["vuk", "νυκ"],
  ["boba", "вова", "ВОВА"],
  ["tok", "ток", "τοκ"],
  ["hoj", "հօյ", "HOJ"],
  ["エル", "工ル"],
  ["ada٢", "ada2", "ada２", "ada२"],
  ["σοφός", "ΣΟΦΌΣ", "σοφόσ"],
  ["zoë", "zoe\u0308", "ZOË"],
  ["oo", "οσ", "ος"],
  ["đoko", "ÐOKO", "ƉOKO"],
  ["văn", "vǎn"],
  ["şan", "șan"],
  ["علي", "على", "علی"],
  ["კჳრ", "კ3რ"],
  ["ada", "a\u200bda", "a\u00adda"],
];

Deno.test("nickKey() is one for names that look alike", () => {
  for (const [first = "", ...others] of SAME) {
    for (const other of others) assert.equal(nickKey(other), nickKey(first), `${other}: ${first}`);
  }
});

Deno.test("nickKey() is another for names that do not look alike", () => {
  const names = ["ada", "adam", "eve", "grace", "zoe", "zoë", "иван", "анна", "dan", "clan"];
  names.push("a.b", "a-b", "a_b", "ab", "ada2", "ada3", "ada22", "王", "王芳", "모모", "דוד");
  assert.equal(new Set(names.map(nickKey)).size, names.length);
});

Deno.test("nickKey() of a key is the key, for any text", () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), nickLike()), (text) => {
    assert.equal(nickKey(nickKey(text)), nickKey(text));
  }));
});

Deno.test("nickKey() does not depend on case, width or composition", () => {
  fc.assert(
    fc.property(nickLike(), (text) => {
      const parsed = parseNick(text);
      if ("error" in parsed) return;
      const { nick, key } = parsed;
      for (const form of ["NFC", "NFD", "NFKC", "NFKD"] as const) {
        assert.equal(nickKey(nick.normalize(form)), key);
      }
      assert.equal(nickKey(nick.toUpperCase()), key);
      assert.equal(nickKey(nick.toLowerCase()), key);
    }),
    { numRuns: 500 },
  );
});

Deno.test("nickKey() of two parts is that of their keys: look-alikes can be put anywhere", () => {
  fc.assert(fc.property(nickLike(), nickLike(), (one, other) => {
    const whole = nickKey(`${one}-${other}`);
    assert.equal(nickKey(`${nickKey(one)}-${nickKey(other)}`), whole);
  }));
});
