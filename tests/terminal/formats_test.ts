/** The small functions that turn a number into text. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatBytes } from "../../lib/terminal/format_bytes.ts";
import { formatCount } from "../../lib/terminal/format_count.ts";
import { formatDurationMs } from "../../lib/terminal/format_duration_ms.ts";
import { formatNs } from "../../lib/terminal/format_ns.ts";
import { formatRate } from "../../lib/terminal/format_rate.ts";

function cases<T>(name: string, format: (value: T) => string, all: readonly [T, string][]): void {
  Deno.test(`${name}() gives ${all.map(([, text]) => text).join(" | ")}`, () => {
    for (const [value, text] of all) assert.equal(format(value), text);
  });
}

cases<number | bigint>("formatCount", formatCount, [
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1_234_567, "1,234,567"],
  [-1_234.4, "-1,234"],
  [-0.4, "0"],
  [2 ** 60, "1,152,921,504,606,846,976"],
  [12345678901234567890n, "12,345,678,901,234,567,890"],
  [Infinity, "Infinity"],
]);

cases("formatBytes", formatBytes, [
  [0, "0 B"],
  [1023, "1,023 B"],
  [1024, "1 KiB"],
  [65_536, "64 KiB"],
  [1_572_864, "1.5 MiB"],
  [12_897_485, "12.3 MiB"],
  [1024 * 1023.4, "1,023 KiB"],
  [1024 * 1023.6, "1 MiB"],
  [123.7 * 2 ** 30, "124 GiB"],
  [2 ** 62, "4,096 PiB"],
]);

cases<number>("formatRate", (rate) => formatRate(rate), [
  [0, "0/s"],
  [0.254, "0.25/s"],
  [0.999, "1/s"],
  [7.25, "7.3/s"],
  [99.96, "100/s"],
  [2000.4, "2,000/s"],
]);
cases<number>("formatRate", (rate) => formatRate(rate, "bytes"), [
  [12_897_485, "12.3 MiB/s"],
  [0.3, "0 B/s"],
]);

cases("formatDurationMs", formatDurationMs, [
  [0, "0 ms"],
  [0.2, "under 1 ms"],
  [250, "250 ms"],
  [999.6, "1.0 s"],
  [1_400, "1.4 s"],
  [9_960, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min 00 s"],
  [200_000, "3 min 20 s"],
  [3_599_400, "59 min 59 s"],
  [3_599_600, "1 h 00 min"],
  [3_720_000, "1 h 02 min"],
  [86_399_000, "1 d 00 h"],
  [183_600_000, "2 d 03 h"],
  [-1_400, "-1.4 s"],
  [Infinity, "unknown"],
]);

cases("formatNs", formatNs, [
  [0, "0 ns"],
  [999, "999 ns"],
  [999.6, "1.00 us"],
  [55_760, "55.8 us"],
  [999_600, "1.00 ms"],
  [1_270_000_000, "1.27 s"],
]);

Deno.test("formatDurationMs() never shows 60 of anything, and is within 5 % of the truth", () => {
  const units: Record<string, number> = { ms: 1, s: 1e3, min: 6e4, h: 3.6e6, d: 8.64e7 };
  fc.assert(fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (ms) => {
    const text = formatDurationMs(ms);
    assert.doesNotMatch(text, /\b60 (s|min)|\b24 h|\b1000 ms/);
    let shownMs = 0;
    for (const [, value, unit] of text.matchAll(/([\d.]+) ([a-z]+)/g)) {
      shownMs += Number(value) * (units[unit ?? ""] ?? NaN);
    }
    assert(Math.abs(shownMs - ms) <= Math.max(0.5, ms * 0.05), `${ms}: ${text}`);
  }));
});

Deno.test("formatBytes() is within 5 % of the truth, with at most four digits", () => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  fc.assert(fc.property(fc.double({ min: 0, max: 2 ** 59, noNaN: true }), (bytes) => {
    const [value = "", unit = ""] = formatBytes(bytes).split(" ");
    assert(Number(value.replace(",", "")) < 1024);
    const shown = Number(value.replace(",", "")) * 1024 ** units.indexOf(unit);
    assert(Math.abs(shown - bytes) <= Math.max(0.5, bytes * 0.05), `${bytes}: ${value} ${unit}`);
  }));
});
