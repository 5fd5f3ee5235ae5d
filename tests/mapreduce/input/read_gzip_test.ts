import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { concat } from "@std/bytes/concat";
import { readPieces } from "../../../lib/mapreduce/input/read_pieces.ts";
import { readRecords } from "../../../lib/mapreduce/input/read_records.ts";
import { ReadTally } from "../../../lib/mapreduce/input/read_tally.ts";
import { Random } from "../../random.ts";
import { wetFile, wetRecord } from "../generate_wet.ts";
import { bytesSource } from "./bytes_source.ts";
import { bodiesOf, recordsOf, splitOf, textOf } from "./read_all.ts";

const WET = { seed: 5, bytes: 3_000, vocabulary: 60, bodyBytes: 250 } as const;
const TEXT = { format: "text" } as const;

/** Members, one for each body. */
function members(bodies: readonly string[]): readonly Uint8Array[] {
  return bodies.map((body) => gzipSync(wetRecord("conversion", [], body)));
}

/** Where each member begins. */
function startsOf(parts: readonly Uint8Array[]): readonly number[] {
  let at = 0;
  return parts.map(({ length }) => (at += length) - length);
}

/** Bytes that do not compress. */
function noise(seed: number, count: number): string {
  const random = new Random(seed);
  return Array.from({ length: count }, () => String.fromCharCode(32 + random.below(90))).join("");
}

Deno.test("readRecords() of gzip gives what the plain file gives, with offsets of members", async () => {
  const plain = await recordsOf(wetFile({ ...WET, bytes: 900_000 }));
  for (const how of ["record", "one"] as const) {
    const gzip = await recordsOf(wetFile({ ...WET, bytes: 900_000, members: how }));
    const bodies = (records: typeof plain.records) => records.map(({ body, uri }) => [uri, body]);
    assert.deepEqual(bodies(gzip.records), bodies(plain.records), how);
    assert.deepEqual(gzip.tally.problems, []);
    assert.equal(gzip.tally.textBytes, plain.tally.textBytes);
    const offsets = gzip.records.map(({ offset }) => offset);
    if (how === "one") assert.deepEqual(new Set(offsets), new Set([0]));
    else assert.equal(new Set(offsets).size, plain.records.length);
  }
});

Deno.test("readRecords() gives the exact offset of each member", async () => {
  const parts = members(Array.from({ length: 3_000 }, (_, i) => noise(i, i % 500)));
  const { records, tally } = await recordsOf(concat(parts));
  assert.deepEqual(records.map(({ offset }) => offset), startsOf(parts));
  assert.deepEqual(tally.problems, []);
});

Deno.test("readRecords() reads members larger than any window, between small ones", async () => {
  const bodies = ["a", noise(1, 700_000), "b", noise(2, 3_000_000), "x".repeat(9_000_000), "c"];
  const parts = members(bodies);
  const { records, tally } = await recordsOf(concat(parts));
  assert.deepEqual(records.map(({ body }) => body.length), bodies.map(({ length }) => length));
  assert.ok(records.every(({ body }, i) => body === bodies[i]));
  assert.deepEqual(records.map(({ offset }) => offset), startsOf(parts));
  assert.deepEqual(tally.problems, []);
});

Deno.test("readRecords() is not misled by gzip inside of gzip", async () => {
  // Stored blocks: the inner file stands in the outer one byte by byte.
  const inner = gzipSync(wetRecord("conversion", [], noise(4, 500)));
  const body = textOf(inner).repeat(3);
  const record = concat([
    new TextEncoder().encode(
      `WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    ...[inner, inner, inner],
    new TextEncoder().encode("\r\n\r\n"),
  ]);
  const outer = [
    gzipSync(record, { level: 0 }),
    ...members(["after"]),
    gzipSync(record, { level: 0 }),
  ];
  const { records, tally } = await recordsOf(concat(outer));
  assert.deepEqual(records.map((kept) => kept.body), [body, "after", body]);
  assert.deepEqual(records.map(({ offset }) => offset), startsOf(outer));
  assert.deepEqual(tally.problems, []);
});

Deno.test("readRecords() takes zeros as padding, wherever they stand", async () => {
  const [a, b, c] = members(["a", "b", "c"]) as [Uint8Array, Uint8Array, Uint8Array];
  for (const count of [1, 7, 512, 300_000]) {
    const zeros = new Uint8Array(count);
    const { records, tally } = await recordsOf(concat([a, zeros, b, c, zeros]));
    assert.deepEqual(records.map(({ body }) => body), ["a", "b", "c"]);
    assert.deepEqual(tally.problems, []);
  }
});

Deno.test("readRecords() names what stands behind a member and goes on", async () => {
  const [a, b] = members(["a", "b"]) as [Uint8Array, Uint8Array];
  const garbage = new TextEncoder().encode("<html>garbage\x1f\x8b\x08</html>".repeat(9));
  const middle = await recordsOf(concat([a, garbage, b]));
  assert.deepEqual(middle.records.map(({ body }) => body), ["a", "b"]);
  const resumedAt = a.length + garbage.length;
  assert.deepEqual(
    middle.tally.problems.map((problem) => [problem.offset, problem.code, problem.resumedAt]),
    [[a.length, "gzip-trailing", resumedAt]],
  );
  const end = await recordsOf(concat([a, b, garbage]));
  assert.deepEqual(end.records.map(({ body }) => body), ["a", "b"]);
  assert.deepEqual(
    end.tally.problems.map((problem) => [problem.offset, problem.code, problem.resumedAt]),
    [[a.length + b.length, "gzip-trailing", undefined]],
  );
});

for (const how of ["record", "one"] as const) {
  Deno.test(`readRecords() of every truncation (members: ${how}): records so far, one problem`, async () => {
    const bytes = wetFile({ ...WET, members: how });
    const all = (await recordsOf(bytes)).records;
    const borders = new Set(all.map(({ offset }) => offset));
    let corrupt = 0;
    for (let length = 1; length < bytes.length; length++) {
      const { records, tally } = await recordsOf(bytes.subarray(0, length));
      assert.deepEqual(records, all.slice(0, records.length), `${length}`);
      const codes = tally.problems.map(({ code }) => code);
      const isBorder = how === "record" && borders.has(length);
      // Behind the data and in front of the whole checksum it cannot be told.
      const isCut = codes.length === 1 && /^gzip-(cut|corrupt)$/.test(`${codes[0]}`);
      assert.ok(isBorder ? codes.length === 0 : isCut, `${length}: ${codes}`);
      corrupt += Number(codes[0] === "gzip-corrupt");
      if (how === "one" || isBorder) continue;
      const offset = Math.max(0, ...[...borders].filter((border) => border < length));
      const whole = all.filter((record) => record.offset < offset).length;
      assert.ok(records.length >= whole, `${length}: ${records.length} of ${whole}`);
      if (offset > 0) assert.equal(tally.problems[0]?.offset, offset, `${length}`);
    }
    assert.ok(corrupt <= 4 * (borders.size + 1), `${corrupt} of ${bytes.length}`);
  });
}

Deno.test("readRecords() with any byte damaged: never other text without a problem", async () => {
  const parts = members(["one two three", "four five six seven", "eight"]);
  const bytes = concat(parts);
  const all = (await recordsOf(bytes)).records;
  const bodies = new Set(all.map(({ body }) => body));
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [0, 3, 7]) {
      const bad = bytes.slice();
      bad[at] = (bad[at] as number) ^ (1 << bit);
      const { records, tally } = await recordsOf(bad, { isGzip: true });
      assert.ok(records.every(({ body }) => bodies.has(body)), `byte ${at} bit ${bit}`);
      const isWhole = records.length === all.length;
      assert.ok(isWhole || tally.problems.length > 0, `byte ${at} bit ${bit}`);
      assert.ok(records.length >= 2, `byte ${at} bit ${bit}: the other members are lost`);
    }
  }
});

Deno.test("readRecords() names a damaged member by its offset and loses only it", async () => {
  const parts = members(Array.from({ length: 300 }, (_, i) => noise(i, 1_000)));
  const bytes = concat(parts);
  const at = startsOf(parts);
  bytes.set([0xff, 0xff, 0xff], (at[150] as number) + 400);
  const { records, tally } = await recordsOf(bytes);
  assert.equal(records.length, 299);
  assert.deepEqual(
    tally.problems.map(({ code, offset, resumedAt }) => [code, offset, resumedAt]),
    [["gzip-corrupt", at[150], at[151]]],
  );
});

Deno.test("readRecords() names a large member that is cut or damaged, and goes on", async () => {
  const [big, small] = members([noise(1, 2_000_000), "small"]) as [Uint8Array, Uint8Array];
  const damaged = big.slice();
  damaged.set([0xff, 0xff, 0xff], big.length - 100_000);
  const bad = await recordsOf(concat([damaged, small]));
  assert.deepEqual(bad.records.map(({ body }) => body), ["small"]);
  assert.deepEqual(bad.tally.problems.map(({ code }) => code), ["gzip-corrupt"]);
  const cut = await recordsOf(concat([small, big.subarray(0, big.length - 5_000)]));
  assert.deepEqual(cut.records.map(({ body }) => body), ["small"]);
  assert.deepEqual(
    cut.tally.problems.map(({ code, offset }) => [code, offset]),
    [["gzip-cut", small.length]],
  );
});

Deno.test("readPieces() of gzip gives the bodies that readRecords() gives", async () => {
  for (const how of ["record", "one"] as const) {
    const bytes = wetFile({ ...WET, bytes: 400_000, members: how });
    const { records } = await recordsOf(bytes);
    const { bodies, tally } = await bodiesOf(bytes);
    assert.deepEqual(bodies, records.map(({ body }) => body));
    assert.equal(tally.records, records.length);
  }
});

Deno.test("readRecords() of gzip text gives lines, with offsets of the unpacked text", async () => {
  const text = "one\ntwo\n\nthree";
  const bytes = concat([gzipSync(text.slice(0, 5)), gzipSync(text.slice(5))]);
  const { records, tally } = await recordsOf(bytes, TEXT);
  assert.deepEqual(records.map(({ offset, body }) => [offset, body]), [
    [0, "one"],
    [4, "two"],
    [8, ""],
    [9, "three"],
  ]);
  assert.deepEqual(tally.problems, []);
  const { bodies } = await bodiesOf(bytes, TEXT);
  assert.equal(bodies.join(""), text);
});

Deno.test("readRecords() says that an empty WET or gzip file has nothing", async () => {
  for (const part of [{ format: "warc" }, { format: "text", isGzip: true }] as const) {
    const { tally } = await recordsOf(new Uint8Array(0), part);
    assert.deepEqual(tally.problems.map(({ code }) => code), ["empty"]);
  }
  assert.deepEqual((await recordsOf(new Uint8Array(0), TEXT)).tally.problems, []);
  assert.deepEqual((await recordsOf(gzipSync(""), TEXT)).tally.problems, []);
  const noRecords = await recordsOf(gzipSync(""));
  assert.deepEqual(noRecords.tally.problems.map(({ code }) => code), ["empty"]);
});

Deno.test("readRecords() names a border of a split that lies inside of a member", async () => {
  const parts = members(["a", noise(1, 400), "c"]);
  const bytes = concat(parts);
  const border = (parts[0] as Uint8Array).length + 100;
  const { records, tally } = await recordsOf(bytes, { endByte: border });
  assert.deepEqual(records.map(({ body }) => body), ["a"]);
  assert.deepEqual(tally.problems.map(({ code }) => code), ["bad-split"]);
});

Deno.test("readRecords() ends with the reason of the signal, and with the error of the source", async () => {
  const bytes = wetFile({ ...WET, bytes: 2_000_000, members: "record" });
  const controller = new AbortController();
  const options = { tally: new ReadTally(), signal: controller.signal };
  await assert.rejects(async () => {
    for await (const _ of readRecords(splitOf(bytes), bytesSource(bytes), options)) {
      controller.abort(new Error("enough"));
    }
  }, /enough/);
  const shorter = bytesSource(bytes.subarray(0, 300_000));
  await assert.rejects(async () => {
    for await (const _ of readRecords(splitOf(bytes), shorter, { tally: new ReadTally() }));
  }, { name: "InputError", code: "changed" });
});

Deno.test("readRecords() is not misled by padding that makes sizes look right", async () => {
  // One zero behind a member of 512 bytes makes its size look like 2, and 2 + 510 is 512.
  const first = `${"x".repeat(511)}\n`;
  const second = `${"y".repeat(509)}\n`;
  const bytes = concat([gzipSync(first), new Uint8Array(1), gzipSync(second)]);
  const { records, tally } = await recordsOf(bytes, TEXT);
  assert.deepEqual(records.map(({ body }) => `${body}\n`), [first, second]);
  assert.deepEqual(tally.problems, []);
});

Deno.test("readPieces() gives what a large member holds before all of it was read", async () => {
  const bytes = gzipSync(noise(3, 12_000_000), { level: 1 });
  const tally = new ReadTally();
  for await (const _ of readPieces(splitOf(bytes, TEXT), bytesSource(bytes), { tally })) break;
  assert.ok(tally.storedBytes < bytes.length * 0.6, `${tally.storedBytes} of ${bytes.length}`);
});

Deno.test("readPieces() leaves out a word that gzip has made small, and names its member", async () => {
  const bomb = "a".repeat(17 * 1024 * 1024);
  const parts = members(["one two", `three ${bomb} four`, "five"]);
  const bytes = concat(parts);
  const tally = new ReadTally();
  let text = "";
  for await (const batch of readPieces(splitOf(bytes), bytesSource(bytes), { tally })) {
    for (const piece of batch) text += `${textOf(piece.bytes)}${piece.isLast ? "\n" : ""}`;
  }
  assert.deepEqual(text.split(/\s+/).filter(Boolean), ["one", "two", "three", "four", "five"]);
  assert.deepEqual(tally.problems, [{
    ...{ input: 0, offset: startsOf(parts)[1], code: "too-large" },
    message: "a word is larger than 16777216 bytes; it was left out",
  }]);
  assert.equal(tally.records, 3);
});
