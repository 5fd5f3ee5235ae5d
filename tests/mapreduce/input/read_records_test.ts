import assert from "node:assert/strict";
import { WARCParser } from "warcio";
import { ReadTally } from "../../../lib/mapreduce/input/read_tally.ts";
import { readPieces } from "../../../lib/mapreduce/input/read_pieces.ts";
import { wetFile, wetRecord } from "../generate_wet.ts";
import { bytesSource } from "./bytes_source.ts";
import { bodiesOf, recordsOf, splitOf, textOf } from "./read_all.ts";

const fixture = (name: string) =>
  Deno.readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const TEXT = { format: "text" } as const;

for (const name of ["whirlwind.warc.wet", "whirlwind.warc.wet.gz"]) {
  Deno.test(`readRecords() of ${name} has the words that Python counts`, async () => {
    const { records, tally } = await recordsOf(fixture(name));
    const counts = new Map<string, number>();
    const body = records[0]?.body ?? "";
    const utf8 = new TextDecoder().decode(Uint8Array.from(body, (letter) => letter.charCodeAt(0)));
    for (const word of utf8.split(/[ \t\n\r\v\f]+/).filter((found) => found !== "")) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const wanted = JSON.parse(new TextDecoder().decode(fixture("whirlwind.counts.json")));
    assert.deepEqual(Object.fromEntries(counts), wanted);
    assert.equal(records.length, 1);
    assert.deepEqual([...tally.skipped], [["warcinfo", 1]]);
    assert.deepEqual(tally.problems, []);
    assert.equal(tally.storedBytes, fixture(name).length);
    assert.deepEqual((await bodiesOf(fixture(name))).bodies, [body]);
  });
}

Deno.test("readRecords() finds what warcio finds", async () => {
  const generated = { seed: 8, bytes: 200_000, vocabulary: 300 };
  for (
    const bytes of [
      fixture("whirlwind.warc.wet"),
      fixture("whirlwind.warc.wet.gz"),
      wetFile(generated),
      wetFile({ ...generated, members: "record" }),
    ]
  ) {
    const theirs: unknown[] = [];
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Uint8Array.from(bytes));
        controller.close();
      },
    });
    for await (const record of new WARCParser(stream)) {
      const body = await record.readFully(false);
      if (record.warcType !== "conversion") continue;
      theirs.push([record.warcTargetURI, textOf(body)]);
    }
    const { records } = await recordsOf(bytes);
    assert.deepEqual(records.map(({ uri, body }) => [uri, body]), theirs);
  }
});

Deno.test("readRecords() of two splits that meet gives what one gives", async () => {
  const bytes = wetFile({ seed: 2, bytes: 900_000 });
  const whole = await recordsOf(bytes);
  for (const at of [0, 1, 7, whole.records.length - 1]) {
    const border = whole.records[at]?.offset as number;
    const first = await recordsOf(bytes, { endByte: border });
    const second = await recordsOf(bytes, { startByte: border });
    assert.deepEqual([...first.records, ...second.records], whole.records);
    assert.deepEqual([...first.tally.problems, ...second.tally.problems], []);
  }
});

Deno.test("readRecords() leaves out a record above the limit and names it", async () => {
  const parts = [
    wetRecord("conversion", [], "a"),
    wetRecord("conversion", [], "b".repeat(2_000_000)),
  ];
  const file = new Blob([...parts, wetRecord("conversion", [], "c")] as BlobPart[]);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { records, tally } = await recordsOf(bytes, {}, 1_000_000);
  assert.deepEqual(records.map(({ body }) => body), ["a", "c"]);
  assert.deepEqual(
    tally.problems.map(({ code, offset }) => [code, offset]),
    [["too-large", parts[0]?.length]],
  );
  const { bodies } = await bodiesOf(bytes);
  assert.deepEqual(bodies.map(({ length }) => length), [1, 2_000_000, 1]);
});

Deno.test("readRecords() names problems by the byte of the file, in a later split, too", async () => {
  const good = wetRecord("conversion", [], "good");
  const bytes = new Uint8Array(2 * good.length + 6);
  bytes.set(good);
  bytes.set(new TextEncoder().encode("junk\r\n"), good.length);
  bytes.set(good, good.length + 6);
  const { records, tally } = await recordsOf(bytes, { startByte: good.length, input: 7 });
  assert.deepEqual(records.map(({ offset }) => offset), [good.length + 6]);
  assert.deepEqual(tally.problems, [{
    input: 7,
    offset: good.length,
    code: "not-a-record",
    message: "no WARC record begins here",
    resumedAt: good.length + 6,
  }]);
});

Deno.test("readRecords() of text gives lines, with offsets of the file", async () => {
  const bytes = new TextEncoder().encode("one\ntwo\n\nthree");
  const { records, tally } = await recordsOf(bytes, { ...TEXT, startByte: 4 });
  assert.deepEqual(records.map(({ offset, body }) => [offset, body]), [
    [4, "two"],
    [8, ""],
    [9, "three"],
  ]);
  assert.equal(tally.records, 3);
});

Deno.test("readPieces() of text gives all of it and counts its lines", async () => {
  const text = "one\ntwo\n\nthree".repeat(50_000);
  const bytes = new TextEncoder().encode(text);
  const { bodies, tally } = await bodiesOf(bytes, TEXT);
  assert.equal(bodies.join(""), text);
  assert.equal(tally.records, (await recordsOf(bytes, TEXT)).tally.records);
});

Deno.test("readPieces() gives a record of any size in parts that are small", async () => {
  const bytes = wetRecord("conversion", [], "word ".repeat(2_000_000));
  let largest = 0;
  let lasts = 0;
  const options = { tally: new ReadTally() };
  for await (const batch of readPieces(splitOf(bytes), bytesSource(bytes), options)) {
    for (const piece of batch) {
      largest = Math.max(largest, piece.bytes.length);
      lasts += Number(piece.isLast);
    }
  }
  assert.ok(largest <= 512 * 1024, `${largest}`);
  assert.equal(lasts, 1);
  assert.equal(options.tally.textBytes, 10_000_000);
});
