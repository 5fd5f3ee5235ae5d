import assert from "node:assert/strict";
import * as v from "valibot";
import { LineError } from "../../lib/transport/line_error.ts";
import { parseJson } from "../../lib/transport/parse_json.ts";

const anything = v.unknown();

/** A message that is long enough to do harm, were it deep. */
const LONG = `"${"x".repeat(70_000)}"`;

function codeOf(source: string): string {
  try {
    parseJson(anything, source, "this");
  } catch (error) {
    assert(error instanceof LineError);
    return `${error.code}: ${error.message}`;
  }
  return "";
}

Deno.test("parseJson() refuses what is nested deep before it is parsed", () => {
  const refused = "bad-message: Cannot read this: nested more than 64 deep";
  const nested = (depth: number) => `${"[".repeat(depth - 1)}[${LONG}]${"]".repeat(depth - 1)}`;
  assert.equal(codeOf(nested(64)), "");
  assert.equal(codeOf(nested(65)), refused);
  assert.equal(codeOf('{"a":'.repeat(20_000)), refused);
  const startMs = performance.now();
  assert.equal(codeOf("[".repeat(30e6)), refused);
  assert(performance.now() - startMs < 1000, "it was parsed");
});

Deno.test("parseJson() counts no brackets in strings, and none that are closed again", () => {
  assert.equal(codeOf(`["${"[{".repeat(40_000)}"]`), "");
  assert.equal(codeOf(`["${'\\"['.repeat(40_000)}\\\\"]`), "");
  assert.equal(codeOf(`[${"[],{},".repeat(20_000)}1]`), "");
});
