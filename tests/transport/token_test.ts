import fc from "fast-check";
import assert from "node:assert/strict";
import { formatToken, newToken, parseTokens, type Token } from "../../lib/transport/token.ts";
import { pattern } from "./samples.ts";

const SECRET = pattern(32, 9);
const HEX = Array.from(SECRET, (byte) => byte.toString(16).padStart(2, "0")).join("");

const NAME_CHARACTERS = [..."ABCXYZabcxyz0189._-"];
const name = fc.string({
  unit: fc.constantFrom(...NAME_CHARACTERS),
  minLength: 1,
  maxLength: 32,
});
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.slice());

const token: fc.Arbitrary<Token> = fc.record(
  { name: fc.oneof(name, fc.constant("")), secret },
  { noNullPrototype: true },
);

Deno.test("parseTokens() reads back what formatToken() wrote", () => {
  const tokens = fc.uniqueArray(token, {
    selector: (token) => token.name,
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(tokens, fc.constantFrom("\n", "\r\n"), (tokens, lineEnd) => {
      const text = tokens.map(formatToken).join(lineEnd);
      assert.deepEqual(parseTokens(text, "a file"), tokens);
      assert.deepEqual(parseTokens(text + lineEnd, "a file"), tokens);
    }),
  );
});

Deno.test("formatToken() writes 64 lower-case digits, after the name if there is one", () => {
  assert.equal(formatToken({ name: "", secret: SECRET }), HEX);
  assert.equal(formatToken({ name: "anna", secret: SECRET }), `anna ${HEX}`);
});

const READABLE: readonly { readonly what: string; readonly text: string; readonly name: string }[] =
  [
    { what: "comments and empty lines", text: `# tokens\n\n  ${HEX} # mine\n#`, name: "" },
    { what: "upper-case digits", text: HEX.toUpperCase(), name: "" },
    { what: "tabs and spaces around", text: `\t anna \t ${HEX} \r\n`, name: "anna" },
    { what: "a byte order mark", text: `\ufeffanna ${HEX}\n`, name: "anna" },
    { what: "a name of 32 characters", text: `${"n".repeat(32)} ${HEX}`, name: "n".repeat(32) },
  ];

for (const { what, text, name } of READABLE) {
  Deno.test(`parseTokens() reads a token with ${what}`, () => {
    assert.deepEqual(parseTokens(text, "a file"), [{ name, secret: SECRET }]);
  });
}

const UNREADABLE = [
  { what: "an empty text", text: "", message: /^Cannot read the file: it holds no token$/ },
  { what: "a text of comments", text: `# ${HEX}\n`, message: /it holds no token$/ },
  { what: "a digit too few", text: HEX.slice(1), message: /line 1: a token is 64 hexadecimal/ },
  { what: "a digit too many", text: `${HEX}0`, message: /line 1: a token is 64 hexadecimal/ },
  { what: "another character", text: `${HEX.slice(1)}g`, message: /a token is 64 hexadecimal/ },
  { what: "the name behind", text: `${HEX} anna`, message: /a token is 64 hexadecimal/ },
  { what: "a token for a name", text: `${HEX} ${HEX}`, message: /a name is 1 to 32 of/ },
  { what: "three words", text: `anna ${HEX} ${HEX}`, message: /wanted TOKEN or NAME TOKEN/ },
  { what: "a token in two halves", text: `${HEX.slice(32)} ${HEX.slice(0, 32)}`, message: /64/ },
  { what: "a name that is too long", text: `${"n".repeat(33)} ${HEX}`, message: /a name is 1 to/ },
  { what: "a name with other letters", text: `ännä ${HEX}`, message: /a name is 1 to 32 of/ },
  { what: "a second without a name", text: `${HEX}\n${HEX}`, message: /line 2: a second token/ },
  { what: "a name twice", text: `a ${HEX}\n\na ${HEX}`, message: /line 3: a second token "a"$/ },
];

for (const { what, text, message } of UNREADABLE) {
  Deno.test(`parseTokens() refuses ${what} and does not quote the secret`, () => {
    assert.throws(() => parseTokens(text, "the file"), (error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, message);
      assertNoSecret(`${error.message}\n${error.stack}`);
      return true;
    });
  });
}

/** Fails when eight digits of the secret stand together in `text`. */
function assertNoSecret(text: string): void {
  for (let at = 0; at + 8 <= HEX.length; at++) {
    assert.ok(!text.toLowerCase().includes(HEX.slice(at, at + 8)), "the message quotes the secret");
  }
}

Deno.test("newToken() makes another secret of 32 bytes each time", () => {
  const tokens: Token[] = Array.from({ length: 100 }, () => newToken("anna"));
  assert.equal(new Set(tokens.map(formatToken)).size, 100);
  for (const { name, secret } of tokens) assert.deepEqual([name, secret.length], ["anna", 32]);
  assert.equal(newToken().name, "");
});

Deno.test("newToken() refuses a name that a token file cannot hold", () => {
  for (const name of ["an na", "anna#", "n".repeat(33), "ännä", "a\n"]) {
    assert.throws(() => newToken(name), SyntaxError, name);
  }
});
