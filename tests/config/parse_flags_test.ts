import assert from "node:assert/strict";
import fc from "fast-check";
import {
  oneOf,
  parseDurationMs,
  parsePath,
  parseRate,
  parseSizeBytes,
  parseSwitch,
} from "../../lib/config/parse_flags.ts";

const PREFIXES = { "": 1, k: 1e3, m: 1e6, g: 1e9, ki: 1024, mi: 1024 ** 2, gi: 1024 ** 3 } as const;

/** `text` with each letter in upper or lower case. */
const inAnyCase = (text: string) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((upper) =>
    [...text].map((letter, at) => upper[at] ? letter.toUpperCase() : letter).join("")
  );

Deno.test("parseSizeBytes() multiplies whole numbers by their unit, in any case", () => {
  const unit = fc.constantFrom(...Object.entries(PREFIXES)).chain(([prefix, factor]) =>
    fc.record({
      text: fc.constantFrom("", "b").chain((b) => inAnyCase(prefix + b)),
      factor: fc.constant(factor),
      count: fc.nat({ max: Math.floor(Number.MAX_SAFE_INTEGER / factor) }),
    })
  );
  fc.assert(fc.property(unit, ({ text, factor, count }) => {
    assert.equal(parseSizeBytes(`${count}${text}`), count * factor);
  }));
});

Deno.test("parseSizeBytes() takes fractions of a unit and leaves off part of a byte", () => {
  fc.assert(fc.property(fc.nat({ max: 999_999 }), fc.nat({ max: 999 }), (whole, thousandths) => {
    const text = `${whole}.${String(thousandths).padStart(3, "0")}`;
    assert.equal(parseSizeBytes(`${text}kB`), whole * 1000 + thousandths);
    const kibi = Math.floor((whole * 1000 + thousandths) * 1024 / 1000);
    assert.equal(parseSizeBytes(`${text}KiB`), kibi);
  }));
});

for (const text of ["", "-1", "1e3", "1.5", "1.5B", "64 KiB", "KiB", "1kk", "0x10", "1.", ".5k"]) {
  Deno.test(`parseSizeBytes() refuses "${text}"`, () => {
    assert.throws(() => parseSizeBytes(text), { name: "SyntaxError", message: /64KiB/ });
  });
}

Deno.test("parseSizeBytes() takes safe integers only", () => {
  assert.equal(parseSizeBytes(String(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
  assert.throws(() => parseSizeBytes(String(2 ** 53)), /below 8192 TiB/);
  assert.throws(() => parseSizeBytes("9999999999999999TiB"), /below 8192 TiB/);
});

Deno.test("parseRate() reads what it says, with and without k and /s", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e7 }), (rate) => {
    for (const text of [`${rate}`, `${rate}/s`, `${rate / 1000}k`, `${rate / 1000}K/s`]) {
      if (text.includes("e")) continue;
      assert(Math.abs(parseRate(text) - rate) <= rate * 1e-12, text);
    }
  }));
  assert.equal(parseRate("0.5"), 0.5);
});

for (const text of ["", "0", "0.0", "-1", "10000001", "10001k", "1e3", "2000/m", "NaN", "k"]) {
  Deno.test(`parseRate() refuses "${text}"`, () => {
    assert.throws(() => parseRate(text), {
      name: "SyntaxError",
      message: /above 0 and up to 10000000, .* got/,
    });
  });
}

Deno.test("parseDurationMs() takes 0 and lets a bare number count what it is told", () => {
  assert.equal(parseDurationMs("0"), 0);
  assert.equal(parseDurationMs("2"), 2000);
  assert.equal(parseDurationMs("2", "ms"), 2);
  assert.equal(parseDurationMs("2", "us"), 0.002);
  assert.equal(parseDurationMs("2s", "us"), 2000);
});

Deno.test("parseDurationMs() is the same time in each unit that it can be told in", () => {
  fc.assert(fc.property(fc.nat({ max: 100_000 }), (hours) => {
    const ms = hours * 3_600_000;
    const texts = [`${hours}h`, `${hours * 60}m`, `${hours * 3600}s`, `${ms}ms`];
    for (const text of texts) assert.equal(parseDurationMs(text), ms);
  }));
});

for (const text of ["", "-1s", "1e3", "5q", "s", "1 s", "1constructor"]) {
  Deno.test(`parseDurationMs() refuses "${text}"`, () => {
    assert.throws(() => parseDurationMs(text), { name: "SyntaxError", message: /250us/ });
  });
}

Deno.test("parseDurationMs() refuses what is longer than a plan can be made for", () => {
  for (const text of ["100001h", "99999999999999999999", `${"9".repeat(400)}s`]) {
    assert.throws(() => parseDurationMs(text), { name: "SyntaxError", message: /at most 100000h/ });
  }
});

Deno.test("parseSwitch() reads its words in any case and no other", () => {
  for (const text of ["true", "YES", "On", "1"]) assert.equal(parseSwitch(text), true);
  for (const text of ["false", "No", "OFF", "0"]) assert.equal(parseSwitch(text), false);
  for (const text of ["", "y", "2", "enabled", "constructor"]) {
    assert.throws(() => parseSwitch(text), { name: "SyntaxError", message: /true or false/ });
  }
});

Deno.test("oneOf() reads its own words and names all of them to others", () => {
  const { parse } = oneOf("a", "b", "c");
  assert.equal(parse("b"), "b");
  assert.throws(() => parse("d"), { name: "SyntaxError", message: 'wanted a, b or c, got "d"' });
});

Deno.test("parsePath() refuses what no file is called", () => {
  assert.equal(parsePath("a b"), "a b");
  for (const text of ["", "a\0b"]) assert.throws(() => parsePath(text), SyntaxError);
});
