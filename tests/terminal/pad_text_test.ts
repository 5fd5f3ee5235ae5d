import assert from "node:assert/strict";
import { padText } from "../../lib/terminal/pad_text.ts";

Deno.test("padText() fills up to columns, not to characters", () => {
  assert.equal(padText("字", 4), "字  ");
  assert.equal(padText("字", 4, "right"), "  字");
  assert.equal(padText("e\u0301", 3), "e\u0301  ");
  assert.equal(padText("\u001b[31ma\u001b[39m", 2), "\u001b[31ma\u001b[39m ");
});

Deno.test("padText() leaves what is wider as it is", () => {
  assert.equal(padText("abc", 2), "abc");
});
