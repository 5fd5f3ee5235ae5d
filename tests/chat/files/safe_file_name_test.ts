import assert from "node:assert/strict";
import fc from "fast-check";
import { numberedName } from "../../../lib/chat/files/numbered_name.ts";
import { safeFileName } from "../../../lib/chat/files/safe_file_name.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

const CASES: readonly (readonly [string, string])[] = [
  ["notes.pdf", "notes.pdf"],
  ["../../etc/passwd", "passwd"],
  ["C:\\Users\\ada\\notes.pdf", "notes.pdf"],
  ["/", "file"],
  ["..", "file"],
  ["", "file"],
  [" ", "file"],
  ["folder/", "folder"],
  [".bashrc", "bashrc"],
  ["-rf", "_rf"],
  ["CON", "_CON"],
  ["nul.txt", "_nul.txt"],
  ["Com1 .tar.gz", "_Com1 .tar.gz"],
  ["lpt\u00b9", "_lpt\u00b9"],
  ["console.txt", "console.txt"],
  ["a:b", "a_b"],
  ["what?.txt", "what_.txt"],
  ["end. . ", "end"],
  ["a\x1b[31m\nb", "a[31mb"],
  ["gpj.\u202eexe", "gpj.exe"],
  ["\ud800x", "x"],
  ["e\u0301", "\u00e9"],
  ["two\u3000words\t\tapart", "two wordsapart"],
  ["x.tram-part.journal", "x_part.journal"],
  ["X.TRAM-PART", "X_part"],
  [`${"n".repeat(300)}.tar.gz`, `${"n".repeat(193)}.tar.gz`],
  ["\u{1f600}".repeat(60) + ".png", "\u{1f600}".repeat(49) + ".png"],
];

for (const [name, safe] of CASES) {
  Deno.test(`safeFileName() makes ${JSON.stringify(name).slice(0, 40)} safe`, () => {
    assert.equal(safeFileName(name), safe);
  });
}

/** Names with all that makes trouble. */
const names = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom("/", "\\", ".", "..", " ", "-", "con", "NUL", "com1", ":", "\0", "\u202e"),
    fc.constantFrom(".tram-part", ".journal", ".tar.gz", ".txt", "\u0301", "\u200d", "\ufeff"),
    fc.constantFrom("x".repeat(250), "\u00e9".repeat(99), "\u{1f600}".repeat(48)),
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));

Deno.test("safeFileName() gives names that are safe everywhere, whatever came", () => {
  fc.assert(
    fc.property(names, (name) => {
      const safe = safeFileName(name);
      assert(safe.length > 0 && bytesOf(safe) <= 200, "length");
      assert(!/[/\\<>:"|?*\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(safe), safe);
      assert(!/^[-. ]|[. ]$/.test(safe), "ends");
      assert(!/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe), "device");
      assert(!/\.tram-part/i.test(safe), "ours");
      assert.equal(safe.normalize("NFC"), safe);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("safeFileName() changes nothing more the second time", () => {
  fc.assert(
    fc.property(names, (name) => {
      const safe = safeFileName(name);
      assert.equal(safeFileName(safe), safe);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("numberedName() puts the number before the extension", () => {
  assert.equal(numberedName("notes.pdf", 1), "notes.pdf");
  assert.equal(numberedName("notes.pdf", 2), "notes (2).pdf");
  assert.equal(numberedName("notes.tar.gz", 3), "notes (3).tar.gz");
  assert.equal(numberedName("README", 2), "README (2)");
  assert.equal(numberedName(".x", 2), ".x (2)");
  assert.equal(numberedName("v1. then", 2), "v1. then (2)");
});

Deno.test("numberedName() of a safe name fits a disk with the endings of tram", () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 1_000_000 }), (name, number) => {
      const path = `${numberedName(safeFileName(name), number)}.tram-part.journal`;
      assert(bytesOf(path) <= 255, path);
    }),
  );
});
