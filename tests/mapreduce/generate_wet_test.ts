import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { wetFile } from "./generate_wet.ts";

const OPTIONS = { seed: 11, bytes: 300_000 } as const;

Deno.test("generateWet() makes the same records for the same seed, however they are stored", () => {
  const plain = wetFile(OPTIONS);
  assert.deepEqual(wetFile(OPTIONS), plain);
  assert.notDeepEqual(wetFile({ ...OPTIONS, seed: 12 }), plain);
  for (const members of ["record", "one"] as const) {
    const bytes = gunzipSync(wetFile({ ...OPTIONS, members }));
    assert.deepEqual(Uint8Array.from(bytes), plain);
  }
});

Deno.test("generateWet() makes a few words often and many seldom, in all scripts", () => {
  const text = new TextDecoder().decode(wetFile(OPTIONS));
  const counts = new Map<string, number>();
  for (const word of text.split(/[ \t\n\r\v\f]+/)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts.values()].sort((a, b) => b - a);
  assert.ok((sorted[0] as number) > 300 && sorted.filter((count) => count === 1).length > 3_000);
  for (
    const script of [
      /[a-z]/,
      /[é]/,
      /[α-ω]/,
      /[а-я]/,
      /\p{Script=Han}/u,
      /\p{Script=Arabic}/u,
      /🚋/u,
    ]
  ) {
    assert.match(text, script);
  }
  assert.ok(text.length >= 150_000 && new TextEncoder().encode(text).length < 350_000);
});
