import assert from "node:assert/strict";
import { packLines } from "../../lib/terminal/pack.ts";

Deno.test("packLines() puts as much into a line as its columns hold", () => {
  const packing = { separator: ", ", indent: " ", columns: 7 };
  assert.deepEqual(packLines(["ab", "cd", "ef"], packing), [" ab, cd", " ef"]);
  assert.deepEqual(packLines(["字", "字", "字"], packing), [" 字, 字", " 字"]);
  assert.deepEqual(packLines(["e\u0301", "e\u0301", "z"], packing), [" e\u0301, e\u0301", " z"]);
  assert.deepEqual(packLines(["longer than that"], packing), [" longer than that"]);
});
