import assert from "node:assert/strict";
import fc from "fast-check";
import { WarcParser } from "../../../lib/mapreduce/input/warc_parser.ts";
import { MAX_HEAD_BYTES } from "../../../lib/mapreduce/input/warc_head.ts";
import { wetFile } from "../generate_wet.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** What a parser says, one line each. */
function parse(
  bytes: Uint8Array | string,
  sizes: Iterable<number> = [],
  keepBytes = 1e6,
): string[] {
  const all = typeof bytes === "string" ? encoder.encode(bytes) : bytes;
  const said: string[] = [];
  let body = "";
  const parser = new WarcParser({
    record: (at, view, fields) =>
      said.push(`${at} ${fields.get("WARC-Target-URI") ?? "-"}: ${decoder.decode(view)}`),
    part(at, view, isLast) {
      body += decoder.decode(view);
      if (!isLast) return;
      said.push(`${at} in parts: ${body}`);
      body = "";
    },
    skipped: (type) => said.push(`skipped ${type}`),
    problem: (at, code, _, resumedAt) => said.push(`${at} ${code} -> ${resumedAt ?? "end"}`),
    isStart: () => false,
  }, keepBytes);
  let at = 0;
  for (const size of sizes) {
    // Views must not be used any more when there is more.
    const chunk = all.slice(at, at + size);
    parser.push(chunk);
    chunk.fill(0x57);
    at += size;
  }
  parser.push(all.slice(at));
  parser.end();
  return said;
}

function record(
  body: string,
  { type = "conversion", length = `${body.length}`, end = "\r\n\r\n" } = {},
) {
  return `WARC/1.0\r\nWARC-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}${end}`;
}

Deno.test("WarcParser.push() goes by Content-Length, whatever stands in a body", () => {
  const body =
    "a\r\n\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 3\r\n\r\nxyz\r\n\r\n";
  const text = record(body) + record("b");
  assert.deepEqual(parse(text), [`0 -: ${body}`, `${record(body).length} -: b`]);
});

Deno.test("WarcParser.push() says the same however the bytes are cut up", () => {
  const good = record("", {}) + record("info", { type: "WarcInfo" }) + record("one\r\n\r\ntwo") +
    record("x".repeat(100)) + record("long", { length: "400" }) + record("next") + "junk\r\n" +
    record("after junk") + record("ab", { length: "1" }) + record("no end", { end: "" }) +
    record("half", { length: "100" });
  const bytes = encoder.encode(good);
  for (const keepBytes of [1e6, 50, 0]) {
    const said = parse(bytes, [], keepBytes);
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.deepEqual(parse(bytes, [cut], keepBytes), said, `cut at ${cut}, keeping ${keepBytes}`);
    }
    assert.deepEqual(parse(bytes, Array(bytes.length).fill(1), keepBytes), said);
  }
});

Deno.test("WarcParser.push() says the same for random cuts of a generated file", () => {
  const bytes = wetFile({ seed: 3, bytes: 40_000, vocabulary: 200, bodyBytes: 600 });
  const said = parse(bytes);
  assert.ok(said.length > 20);
  fc.assert(fc.property(fc.array(fc.nat(5_000), { maxLength: 30 }), (sizes) => {
    assert.deepEqual(parse(bytes, sizes), said);
  }));
});

Deno.test("WarcParser.push() reads heads with any case, folded lines and lone LF", () => {
  const text = "WARC/1.1\nwarc-TYPE: Conversion\nWARC-Target-URI: http://a.example/\n  long\n" +
    "CONTENT-length:\n 2\nX\n\nhi\n\n" + record("b");
  assert.deepEqual(parse(text), [
    "0 http://a.example/ long: hi",
    `${text.indexOf("WARC/1.0")} -: b`,
  ]);
});

for (
  const [why, head, code] of [
    ["no Content-Length", "WARC/1.0\r\nWARC-Type: conversion\r\n\r\n", "bad-length"],
    [
      "one that is no number",
      "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 2x\r\n\r\n",
      "bad-length",
    ],
    [
      "one below 0",
      "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: -2\r\n\r\n",
      "bad-length",
    ],
    [
      "two that differ",
      "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
      "bad-length",
    ],
    ["no WARC-Type", "WARC/1.0\r\nContent-Length: 2\r\n\r\n", "bad-header"],
    ["no version", "WARC/one\r\nWARC-Type: conversion\r\nContent-Length: 2\r\n\r\n", "bad-header"],
    ["something else", "HTTP/1.1 200 OK\r\n\r\n", "not-a-record"],
  ] as const
) {
  Deno.test(`WarcParser.push() names a head with ${why} and goes on`, () => {
    const bad = `${head}hi\r\n\r\n`;
    const text = record("a") + bad + record("b");
    const at = record("a").length;
    const next = at + bad.length;
    assert.deepEqual(parse(text), ["0 -: a", `${at} ${code} -> ${next}`, `${next} -: b`]);
  });
}

Deno.test("WarcParser.push() leaves out a record whose Content-Length is wrong and goes on", () => {
  for (const length of ["1", "3", "9", "40", "120"]) {
    const bad = record("four", { length });
    const text = bad + record("b".repeat(100)) + record("c");
    const c = text.lastIndexOf("WARC/");
    const said = parse(text);
    assert.deepEqual(said.slice(0, 1), [`0 bad-length -> ${bad.length}`], length);
    assert.deepEqual(said.slice(1), [`${bad.length} -: ${"b".repeat(100)}`, `${c} -: c`], length);
  }
});

Deno.test("WarcParser.push() names missing line ends and reads the record all the same", () => {
  for (const end of ["", "\r\n", "\n"]) {
    const text = record("a", { end }) + record("b");
    const next = record("a", { end }).length;
    assert.deepEqual(parse(text), ["0 -: a", `0 bad-end -> ${next}`, `${next} -: b`]);
  }
  assert.deepEqual(parse(record("a", { end: "\r\n" })), ["0 -: a", "0 cut -> end"]);
});

Deno.test("WarcParser.push() takes more line ends than two as they are", () => {
  const text = record("a", { end: "\r\n\r\n\n\r\n" }) + record("b", { end: "\r\n\r\n\r\n" });
  assert.deepEqual(parse(text), ["0 -: a", `${text.lastIndexOf("WARC/")} -: b`]);
});

Deno.test("WarcParser.push() finds the records that one without an end has swallowed", () => {
  const bad = record("a", { length: "100000" });
  assert.deepEqual(parse(bad + record("b")), [`0 cut -> ${bad.length}`, `${bad.length} -: b`]);
});

Deno.test("WarcParser.push() keeps no head without an end", () => {
  const bad = `WARC/1.0\r\nX: ${"x".repeat(MAX_HEAD_BYTES)}\r\n\r\n`;
  const text = bad + record("b");
  assert.deepEqual(parse(text, Array(90).fill(1000)), [
    `0 too-large -> ${bad.length}`,
    `${bad.length} -: b`,
  ]);
});

Deno.test("WarcParser.end() after every truncation: the records so far and at most one problem", () => {
  const bodies = ["first", "", "third\r\n\r\nwith lines", "fourth"];
  const text = record("i", { type: "warcinfo" }) + bodies.map((body) => record(body)).join("");
  const bytes = encoder.encode(text);
  for (const keepBytes of [1e6, 4]) {
    for (let length = 1; length < bytes.length; length++) {
      const said = parse(bytes.subarray(0, length), [], keepBytes);
      const problems = said.filter((line) => line.includes("->"));
      const isAtBorder = text.slice(length).startsWith("WARC/");
      assert.deepEqual(problems.length, isAtBorder ? 0 : 1, `${length}: ${said}`);
      const whole = said.filter((line) => line.includes(" -: ")).map((line) =>
        line.split(" -: ")[1]
      );
      const wanted = bodies.filter((body) => body.length <= keepBytes);
      assert.deepEqual(whole, wanted.slice(0, whole.length), `${length}`);
    }
  }
});

Deno.test("WarcParser.end() of any bytes ends, and says something if there were any", () => {
  const piece = fc.constantFrom(
    "WARC/",
    "WARC/1.0\r\n",
    "\r\n",
    "\n",
    "Content-Length: 2\r\n",
    "WARC-Type: conversion\r\n",
    "W",
    "hi",
    "\0",
    ":",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(9)), (pieces, sizes) => {
      const text = pieces.join("");
      const said = parse(text);
      assert.deepEqual(parse(text, sizes), said);
      assert.equal(said.length > 0, /[^\r\n]/.test(text));
    }),
    { numRuns: 500 },
  );
});
