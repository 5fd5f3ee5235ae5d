import assert from "node:assert/strict";
import { concat } from "@std/bytes/concat";
import { Random } from "../../random.ts";
import { wetFile } from "../generate_wet.ts";
import { bodiesOf, recordsOf } from "./read_all.ts";

const SEEDS = 250;

/** Bytes with a few that are changed, cut off, put in or taken out. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  let bad = bytes.slice();
  for (let count = random.between(1, 4); count > 0; count--) {
    const at = random.between(1, bad.length);
    const gone = random.pick([0, 0, 1, 500]);
    const added = random.bytes(random.pick([0, 1, 300]));
    bad = concat([bad.subarray(0, at), added, bad.subarray(at + gone)]);
    if (random.oneIn(4)) bad = bad.subarray(0, random.between(1, bad.length));
  }
  return bad;
}

for (const members of ["plain", "record", "one"] as const) {
  Deno.test(`readRecords() and readPieces() of damaged files agree (members: ${members})`, async () => {
    const file = { bytes: 20_000, vocabulary: 100, bodyBytes: 400, members } as const;
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = new Random(seed);
      const bytes = wetFile({ ...file, seed: seed % 5 });
      const bad = damaged(bytes, random);
      const part = { isGzip: members !== "plain" };
      const { records, tally } = await recordsOf(bad, part);
      const pieces = await bodiesOf(bad, part);
      assert.deepEqual(pieces.bodies, records.map(({ body }) => body), `seed ${seed}`);
      assert.deepEqual(pieces.tally.problems, tally.problems, `seed ${seed}`);
      assert.deepEqual((await recordsOf(bad, part)).records, records, `seed ${seed}`);
      if (members === "plain" || tally.problems.length > 0) continue;
      // Gzip has checksums: what is given without a word is what was there.
      const all = (await recordsOf(bytes)).records.map(({ body }) => body);
      assert.ok(records.every(({ body }) => all.includes(body)), `seed ${seed}`);
    }
  });
}
