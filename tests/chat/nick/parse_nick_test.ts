import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_NICK_BYTES } from "../../../lib/chat/limits.ts";
import { nickKey } from "../../../lib/chat/nick/nick_key.ts";
import { MAX_NICK_LETTERS, parseNick } from "../../../lib/chat/nick/parse_nick.ts";
import { safeText } from "../../../lib/terminal/safe_text.ts";
import { nickLike } from "./nick_like.ts";

function nickOf(text: string): string {
  const parsed = parseNick(text);
  assert.ok("nick" in parsed, "error" in parsed ? parsed.error : "");
  return parsed.nick;
}

function errorOf(text: string): string {
  const parsed = parseNick(text);
  assert.ok("error" in parsed, `${text} is a name`);
  return parsed.error;
}

Deno.test("parseNick() takes names of many languages as they are written", () => {
  const names = ["ada", "Ada.Lovelace_2", "x", "7of9", "Ali", "zoë", "Łukasz", "Иван", "Ёлка"];
  names.push(
    "Ελένη",
    "王芳",
    "さくら",
    "サクラ99",
    "さくらadaカナ",
    "김철수",
    "דוד",
    "محمد",
    "सीता",
  );
  names.push("ณัฐ", "Ɓala", "guest", "Ada王", "ნინო", "Հայկ");
  for (const name of names) assert.equal(nickOf(name), name.normalize("NFKC"));
});

Deno.test("parseNick() gives NFKC without spaces around it", () => {
  assert.equal(nickOf("  ａｄａ \t"), "ada");
  assert.equal(nickOf("zoe\u0308"), "zoë");
  assert.equal(nickOf("ﬁona"), "fiona");
});

Deno.test("parseNick() says what is wrong with a name", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /"": wanted 1 to 24 letters and digits$/],
    ["a".repeat(25), /wanted 1 to 24 letters/],
    ["가".repeat(22), /wanted at most 64 bytes, got 66$/],
    ["ada lovelace", /"ada lovelace": wanted letters, digits and _ - \. only, got a space$/],
    ["ada!", /only, got "!"$/],
    ["@ada", /only, got "@"$/],
    ["-ada", /wanted a letter or a digit first, got "-"$/],
    ["\u0301ada", /wanted a letter or a digit first/],
    ["a\u202eda", /"a\\u\{202e\}da": .* only, got "\\u\{202e\}"$/],
    ["a\u200dda", /only, got "\\u\{200d\}"/],
    ["\u3164", /only, got/],
    ["a\u001b[2Jda", /"a\\x1b\[2Jda": .* got "\\x1b"$/],
    ["a\nda", /got "\\x0a"$/],
    ["аda", /it mixes letters of Cyrillic and Latin; use one script$/],
    ["αda", /mixes letters of Greek and Latin/],
    ["Иванε", /mixes letters of Cyrillic and Greek/],
    ["さくらИ", /mixes letters of/],
    ["サkim김", /mixes letters of/],
    ["ᎪᎠᎪ", /of a script that names cannot have$/],
    ["ꓮꓓꓮ", /of a script that names cannot have$/],
    ["ɑda", /"ɑ" is no letter for names$/],
    ["ᴀda", /"ᴀ" is no letter for names$/],
    ["محمد2٢", /it mixes digits of several scripts$/],
    ["q\u0323\u0323", /too many marks/],
    ["console", /it is, or looks like, a name of the server$/],
    ["C0nsole", /looks like, a name of the server$/],
    ["ServeR", /looks like, a name of the server$/],
    ["trarn", /looks like, a name of the server$/],
    ["ALL", /it means everybody$/],
    ["guest-7", /only the server gives names with guest-$/],
    ["GUEST-x", /only the server gives names with guest-$/],
  ];
  for (const [text, error] of cases) {
    assert.match(errorOf(text), error);
    assert.match(errorOf(text), /^Cannot use the name "/);
  }
});

Deno.test("parseNick() lets the server give a guest's name", () => {
  const parsed = parseNick("guest-7", { isGiven: true });
  assert.deepEqual(parsed, { nick: "guest-7", key: "guest-7" });
});

Deno.test("parseNick() keeps to its limits, changes nothing twice, and gives the key of its name", () => {
  let names = 0;
  fc.assert(
    fc.property(fc.oneof(nickLike(), fc.string({ unit: "binary" })), (text) => {
      const parsed = parseNick(text);
      if ("error" in parsed) {
        assert.equal(safeText(parsed.error), parsed.error);
        assert.ok(parsed.error.length < 1000);
        return;
      }
      names++;
      const { nick, key } = parsed;
      assert.deepEqual(parseNick(nick), parsed);
      assert.equal(nickKey(nick), key);
      assert.ok([...nick].length <= MAX_NICK_LETTERS);
      assert.ok(new TextEncoder().encode(nick).length <= MAX_NICK_BYTES);
      assert.equal(safeText(nick), nick);
    }),
    { numRuns: 500 },
  );
  assert.ok(names > 100, `only ${names} names`);
});

Deno.test("parseNick() reads a text of a megabyte as too long", () => {
  assert.match(errorOf("a\u0301".repeat(500_000)), /wanted 1 to 24 letters/);
});
