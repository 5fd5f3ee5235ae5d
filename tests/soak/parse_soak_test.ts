import assert from "node:assert/strict";
import { parseSoak } from "./parse_soak.ts";

const NOW = new Date("2026-11-20T23:00:00Z");

Deno.test("parseSoak() has a default for everything", () => {
  const output = "bench/results/soak-2026-11-20";
  assert.deepEqual(parseSoak([], NOW), { minutes: 30, seed: 1, output });
});

Deno.test("parseSoak() takes minutes, seed and output", () => {
  const args = ["--minutes", "0.5", "--seed", "42", "--output", "here"];
  assert.deepEqual(parseSoak(args, NOW), { minutes: 0.5, seed: 42, output: "here" });
});

Deno.test("parseSoak() refuses what is no number", () => {
  for (const minutes of ["0", "-1", "x", "NaN", "1e9"]) {
    assert.throws(() => parseSoak([`--minutes=${minutes}`], NOW), RangeError);
  }
  for (const seed of ["x", "-1", "1.5"]) {
    assert.throws(() => parseSoak([`--seed=${seed}`], NOW), RangeError);
  }
  assert.throws(() => parseSoak(["--hours", "2"], NOW), TypeError);
});
