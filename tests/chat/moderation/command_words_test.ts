import assert from "node:assert/strict";
import fc from "fast-check";
import { splitTime, splitWord } from "../../../lib/chat/moderation/command_words.ts";

Deno.test("splitWord() takes the first word off, and the spaces around both", () => {
  assert.deepEqual(splitWord("  !ban   bob  7d \n"), { word: "!ban", rest: "bob  7d" });
  assert.deepEqual(splitWord("x"), { word: "x", rest: "" });
  assert.deepEqual(splitWord("  "), { word: "", rest: "" });
});

Deno.test("splitTime() takes a time off, and leaves what looks like none in the reason", () => {
  const cases = [
    ["", undefined, ""],
    ["spam", undefined, "spam"],
    ["10m spam and more", 600_000, "spam and more"],
    ["30s", 30_000, ""],
    ["1.5h x", 5_400_000, "x"],
    ["7d", 604_800_000, ""],
    ["7days", 604_800_000, ""],
    ["2W again", 1_209_600_000, "again"],
    ["5min", 300_000, ""],
    ["1h30m x", 5_400_000, "x"],
    ["3 strikes", undefined, "3 strikes"],
    ["2nd warning", undefined, "2nd warning"],
    ["31st of the month", undefined, "31st of the month"],
    ["-5m", undefined, "-5m"],
    ["for 10m", undefined, "for 10m"],
  ] as const;
  for (const [text, timeMs, reason] of cases) {
    assert.deepEqual(splitTime(text), { timeMs, reason }, text);
  }
});

Deno.test("splitTime() refuses what looks like a time and is none", () => {
  for (const text of ["10", "7y", "10mn spam", "5minuten", "7т", "1e3s", "1h30", "4chan"]) {
    assert.throws(() => splitTime(text), SyntaxError, text);
  }
});

Deno.test("splitTime() reads each whole number of each unit", () => {
  const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 500 }),
    fc.constantFrom(...Object.entries(units)),
    (count, [unit, seconds]) => {
      assert.equal(splitTime(`${count}${unit} why`).timeMs, count * seconds * 1000);
    },
  ));
});
