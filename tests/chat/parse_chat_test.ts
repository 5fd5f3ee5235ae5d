import assert from "node:assert/strict";
import {
  parseByteRate,
  parseLast,
  parseMotd,
  parseNames,
  parseNickname,
  parsePace,
  parsePair,
  parseRooms,
} from "../../lib/chat/parse_chat.ts";

Deno.test("parseNames() reads names between commas, each once", () => {
  assert.deepEqual(parseNames("ada"), ["ada"]);
  assert.deepEqual(parseNames("ada, bob,ada"), ["ada", "bob"]);
  for (const text of ["", ",", "ada,", "a b", "ada,\u001b[2J", "x".repeat(65)]) {
    assert.throws(() => parseNames(text), /^SyntaxError: wanted a name/, text);
  }
});

Deno.test("parseRooms() puts a # before what has none, since a shell takes it for a comment", () => {
  assert.deepEqual(parseRooms("lobby,#dev"), ["#lobby", "#dev"]);
});

Deno.test("parseByteRate() reads a size per second above 0", () => {
  assert.equal(parseByteRate("10MB/s"), 10_000_000);
  assert.equal(parseByteRate("64KiB"), 65_536);
  for (const text of ["0", "/s", "10/h"]) assert.throws(() => parseByteRate(text), SyntaxError);
});

Deno.test("parsers of chat refuse what is out of their range", () => {
  assert.deepEqual([parsePace("0"), parseLast("500"), parsePair("1")], [0, 500, 1]);
  assert.equal(parseMotd("be kind\nto all"), "be kind\nto all");
  assert.equal(parseNickname("Zoë"), "Zoë");
  for (
    const [parse, text] of [
      [parsePace, "-1"],
      [parsePace, "100001"],
      [parseLast, "501"],
      [parsePair, "0"],
      [parseMotd, ""],
      [parseMotd, "x".repeat(4097)],
      [parseMotd, "\u0007"],
      [parseNickname, "a b"],
      [parseNickname, ""],
    ] as const
  ) assert.throws(() => parse(text), /^SyntaxError: wanted/, text);
});
