import assert from "node:assert/strict";
import type { ProblemCode } from "../../../lib/mapreduce/input/problem.ts";
import { problemText } from "../../../lib/mapreduce/input/problem_text.ts";

Deno.test("problemText() says where, what, and what became of the rest", () => {
  const text = (code: ProblemCode, resumedAt?: number) => {
    const rest = resumedAt === undefined ? {} : { resumedAt };
    return problemText({ input: 0, offset: 12, code, message: "it is so", ...rest }, "a\x1b.wet");
  };
  const place = "a\\x1b.wet: byte 12: it is so";
  assert.equal(text("bad-length", 99), `${place}; reading went on at byte 99`);
  assert.equal(text("bad-length"), `${place}; nothing behind it was read`);
  assert.equal(text("gzip-cut"), place);
  assert.equal(text("bad-end", 99), place);
  assert.equal(text("empty"), place);
});

Deno.test("problemText() makes a message of another machine harmless", () => {
  const problem = { input: 0, offset: 1, code: "cut", message: "x\x1b[2J" } as const;
  assert.equal(problemText(problem, "a.wet"), "a.wet: byte 1: x\\x1b[2J");
});
