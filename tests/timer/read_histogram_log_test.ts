import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../lib/config/usage_error.ts";
import { readHistogramLog } from "../../lib/timer/read_histogram_log.ts";
import { HEADER, type LogLine, logLine } from "./logs.ts";
import { timerRoom } from "./timer_room.ts";

const ONES = [{ ns: 1, count: 2 }, { ns: 5, count: 1 }];
const LINE = logLine({ values: [1, 5, 1] });

/** The slices of a log as an object. */
function slicesIn(text: string) {
  return Object.fromEntries(readHistogramLog(text, "x.hlog").slices);
}

/** What reading says, which must be one line. */
function refusal(text: string): string {
  try {
    readHistogramLog(text, "x.hlog");
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  return assert.fail("it was read");
}

Deno.test("readHistogramLog() reads slices by tag, in their order", () => {
  const slice = fc.record({
    tag: fc.constantFrom(undefined, "a", "response", "b c"),
    values: fc.array(fc.integer({ min: 0, max: 2047 }), { maxLength: 20 }),
  });
  const ends = fc.constantFrom("\n", "\r\n", "  \n", "\n\n", "\r\n \r\n");
  const header = fc.subarray(HEADER);
  const logs = fc.record({ slices: fc.array(slice, { minLength: 1 }), ends, header });
  fc.assert(fc.property(logs, ({ slices, ends, header }) => {
    const expected = new Map<string, unknown[]>();
    for (const { tag = "", values } of slices) {
      if (values.length === 0) continue;
      const counts = new Map<number, number>();
      for (const ns of values) counts.set(ns, (counts.get(ns) ?? 0) + 1);
      const recorded = [...counts].sort(([a], [b]) => a - b).map(([ns, count]) => ({ ns, count }));
      expected.set(tag, [...expected.get(tag) ?? [], recorded]);
    }
    const lines = slices.map(({ tag, values }, at): LogLine => ({
      values,
      atSeconds: at,
      ...(tag === undefined ? {} : { tag }),
    }));
    const text = [...header, ...lines.map(logLine)].map((line) => line + ends).join("");
    if (expected.size === 0) assert.match(refusal(text), /found none in it$/);
    else assert.deepEqual(readHistogramLog(text, "x").slices, expected);
  }));
});

Deno.test("readHistogramLog() reads what timer ping writes, and knows its unit", async () => {
  await using room = await timerRoom({ thereUs: 100 });
  await room.summary("--rate", "250", "--duration", "4s", "--hdr", "x.hlog");
  const text = room.texts.get("x.hlog") ?? "";
  const log = readHistogramLog(text, "x.hlog");
  assert.equal(log.isInNanoseconds, true);
  assert.deepEqual(
    [...log.slices.keys()],
    ["response", "service", "held", "lateness", "gap"],
  );
  const response = log.slices.get("response")?.flat() ?? [];
  assert.deepEqual(new Set(response.map(({ ns }) => ns)).size, 1);
  assert.equal(response.reduce((sum, { count }) => sum + count, 0), 1000);
  assert.deepEqual(readHistogramLog(text.replaceAll("\n", "\r\n"), "x.hlog"), log);
  assert.equal(readHistogramLog(LINE, "x.hlog").isInNanoseconds, false);
});

Deno.test("readHistogramLog() takes logs without a header, without times that make sense, and with a mark at the start", () => {
  for (
    const text of [
      LINE,
      `\ufeff${HEADER.join("\n")}\n${LINE}`,
      ` ${LINE}`,
      LINE.replace("1.000,", "-1.000,"),
      LINE.replace("1.000,", "0.000,"),
      LINE.replaceAll(",", ", "),
      `${HEADER[1]}\n${LINE.replace("1.000,", "1700000001.000,")}`,
    ]
  ) {
    assert.deepEqual(slicesIn(text), { "": [ONES] }, text);
  }
});

Deno.test("readHistogramLog() reads histograms of any precision and range", () => {
  for (const digits of [1, 2, 3, 4, 5] as const) {
    const values = [0, 7, 123_456_789, 3_600_000_000_000];
    const [recorded = []] = slicesIn(logLine({ values, digits }))[""] ?? [];
    assert.equal(recorded.length, 4);
    for (const [index, { ns, count }] of recorded.entries()) {
      const value = values[index] ?? NaN;
      assert.equal(count, 1);
      assert.ok(Math.abs(ns - value) <= value * 10 ** -digits * 1.01, `${ns}, not ${value}`);
    }
  }
});

Deno.test("readHistogramLog() says which line holds no histogram", () => {
  const message = (line: number) =>
    `Cannot read x.hlog: line ${line} holds no histogram (wanted HdrHistogram's encoding V2)`;
  const before = [...HEADER, LINE, ""];
  for (
    const bad of [
      "hello",
      "hello, world",
      "Tag=a",
      "Tag=a,",
      "1.000",
      "1.000 0.100 0.005 HISTFAAAA",
      "1.000,0.100,0.005,",
      "1.000,0.100,0.005,HISTFAAAAA==",
      "1.000,0.100,0.005,!!!!",
      '{"type":"summary"}, {}',
      "\x7fELF\x00,\x01,\x02,\x03",
      // The first encoding, which starts with another cookie.
      "0.127,1.007,2.769,HISTAgAAAAMAAAAAAAAAAQ==",
    ]
  ) {
    assert.equal(refusal([...before, bad, LINE].join("\n")), message(7), bad);
    assert.equal(refusal([...before, bad, LINE].join("\r\n")), message(7), bad);
  }
  for (let length = 1; length < LINE.length; length++) {
    assert.equal(refusal(`${LINE}\n${LINE.slice(0, length)}`), message(2), `cut at ${length}`);
  }
});

Deno.test("readHistogramLog() says when there is nothing in a log", () => {
  for (const text of ["", "\n\n", HEADER.join("\n"), logLine({ values: [] })]) {
    assert.equal(
      refusal(text),
      "Cannot read x.hlog: wanted a log of histograms (.hlog), found none in it",
    );
  }
});

Deno.test("readHistogramLog() throws nothing but a usage error, whatever the bytes", () => {
  const changed = fc.record({
    at: fc.integer({ min: 0, max: LINE.length - 1 }),
    by: fc.string({ unit: "grapheme-ascii", maxLength: 3 }),
  });
  fc.assert(fc.property(fc.array(changed, { minLength: 1, maxLength: 3 }), (changes) => {
    let text = LINE;
    for (const { at, by } of changes) text = text.slice(0, at) + by + text.slice(at + 1);
    try {
      readHistogramLog(text, "x");
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error));
    }
  }));
});
