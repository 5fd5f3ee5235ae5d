import assert from "node:assert/strict";
import fc from "fast-check";
import { foldCase } from "../../../lib/mapreduce/kernel/fold_case.ts";
import { openWordCounter } from "../../../lib/mapreduce/kernel/open_word_counter.ts";
import { countParts, latin1 } from "./naive.ts";

const encoder = new TextEncoder();

/** Words of the whole text by property escapes. */
function naiveWords(bytes: Uint8Array, folds: boolean): string[] {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const found = text.match(/[\p{L}\p{M}\p{Nd}]+(?:['’][\p{L}\p{M}\p{Nd}]+)*/gu) ?? [];
  return found.map((word) => {
    const normal = word.normalize("NFC");
    return latin1(encoder.encode(folds ? foldCase(normal) : normal));
  });
}

async function words(
  given: readonly (readonly Uint8Array[])[],
  folds: boolean,
): Promise<Map<string, number>> {
  const counter = openWordCounter({
    kernel: "wasm",
    tokens: "unicode",
    foldCase: folds,
    memoryBytes: 1 << 20,
  });
  return (await countParts(counter, given, 3)).counts;
}

function tally(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function sorted(counts: Map<string, number>): [string, number][] {
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1);
}

const letters = fc.constantFrom(
  ..."aBzZ09'’ .-_\n\u0301\u0308\u0483\u0316éÉßẞςΣσİıǅ中文의ᄀ\u1161\u11a8ㄱदि१٣½²ⅷ\u212b\ufeff\u200d‘‛「」😀𝔘𐐀𐐨\u{16d67}\u{e0100}",
);
const text = fc.array(letters, { maxLength: 40 }).map((list) => encoder.encode(list.join("")));
const anyText = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 12 }).map((list) =>
      encoder.encode(String.fromCodePoint(...list))
    ),
  },
);

Deno.test("UnicodeTokenizer equals the property escapes, however the bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyText, { maxLength: 4 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (list, step, folds) => {
        const record = Uint8Array.from(list.flatMap((bytes) => [...bytes]));
        const parts: Uint8Array[] = [];
        for (let at = 0; at < record.length; at += step) parts.push(record.subarray(at, at + step));
        parts.push(new Uint8Array(0));
        const expected = tally([...naiveWords(record, folds), ...naiveWords(record, folds)]);
        assert.deepEqual(sorted(await words([[record], parts], folds)), sorted(expected));
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("UnicodeTokenizer knows each code point, alone and behind a letter", async () => {
  for (const folds of [false, true]) {
    const list: string[] = [];
    for (let point = 0; point < 0x110000; point += point > 0x40000 && point < 0xe0000 ? 997 : 1) {
      if (point >= 0xd800 && point < 0xe000) continue;
      list.push(String.fromCodePoint(point), `a${String.fromCodePoint(point)}`);
    }
    const record = encoder.encode(list.join(" "));
    const counter = openWordCounter({
      kernel: "plain",
      tokens: "unicode",
      foldCase: folds,
      memoryBytes: 1 << 28,
    });
    const { counts } = await countParts(counter, [[record]], 1);
    const expected = tally(naiveWords(record, folds));
    assert.equal(counts.size, expected.size);
    for (const [word, count] of expected) assert.equal(counts.get(word), count, word);
  }
});

Deno.test("UnicodeTokenizer joins words by single apostrophes, and folds case", async () => {
  const record = encoder.encode(
    "Don't DON’T 'quoted' rock''n O'Neill's x' 'y Straße STRASSE ΟΔΟΣ οδος e\u0301 é",
  );
  const counts = await words([[record]], true);
  const text = sorted(counts).map(([word, count]) =>
    `${new TextDecoder().decode(Uint8Array.from(word, (c) => c.charCodeAt(0)))}=${count}`
  );
  assert.deepEqual(text, [
    "don't=1",
    "don’t=1",
    "n=1",
    "o'neill's=1",
    "quoted=1",
    "rock=1",
    "strasse=2",
    "x=1",
    "y=1",
    "é=2",
    "οδοσ=2",
  ]);
});

Deno.test("UnicodeTokenizer puts marks in order that join no letter", async () => {
  const counts = await words([[encoder.encode("b\u0483\u0316 b\u0316\u0483")]], false);
  assert.deepEqual(sorted(counts), [[latin1(encoder.encode("b\u0316\u0483")), 2]]);
});

Deno.test("UnicodeTokenizer takes words that are longer than a part, and records that end in a word", async () => {
  const long = "中".repeat(100_000);
  const record = encoder.encode(`${long} end`);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < record.length; at += 9_999) parts.push(record.subarray(at, at + 9_999));
  const counts = await words([parts, [encoder.encode("s")]], false);
  assert.deepEqual(sorted(counts), sorted(tally([latin1(encoder.encode(long)), "end", "s"])));
});

Deno.test("UnicodeTokenizer loses nothing where memory is full again and again", async () => {
  const record = encoder.encode(
    Array.from({ length: 20_000 }, (_, i) => `wört${i * 7919 % 9000}`).join(", "),
  );
  const counter = openWordCounter({
    kernel: "wasm",
    tokens: "unicode",
    foldCase: true,
    memoryBytes: 65536,
  });
  const { drains, counts } = await countParts(counter, [[record], [
    record.subarray(0, 70_001),
    record.subarray(70_001),
  ]], 2);
  assert.ok(drains.length > 10);
  assert.deepEqual(
    sorted(counts),
    sorted(tally([...naiveWords(record, true), ...naiveWords(record, true)])),
  );
});
