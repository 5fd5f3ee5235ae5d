import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_ROOM_BYTES } from "../../../lib/chat/limits.ts";
import { parseRoom } from "../../../lib/chat/nick/parse_room.ts";
import { nickLike } from "./nick_like.ts";

Deno.test("parseRoom() gives one name for each case and width", () => {
  for (const text of ["#lobby", "#Lobby", " #LOBBY ", "＃ｌｏｂｂｙ"]) {
    assert.deepEqual(parseRoom(text), { room: "#lobby" });
  }
  assert.deepEqual(parseRoom("#Größe_2.0-x"), { room: "#größe_2.0-x" });
});

Deno.test("parseRoom() says what is wrong with a room", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["lobby", /^Cannot use "lobby" as a room: wanted # and a name, such as #lobby$/],
    ["", /wanted # and a name/],
    ["#", /wanted 1 to 32 letters and digits after the #$/],
    [`#${"a".repeat(33)}`, /wanted 1 to 32 letters/],
    [`#${"가".repeat(22)}`, /wanted at most 64 bytes, got 67$/],
    ["##x", /only, got "#"$/],
    ["#a b", /only, got a space$/],
    ["#_x", /wanted a letter or a digit first/],
    ["#lоbby", /it mixes letters of Latin and Cyrillic/],
    ["#a\u001b", /"#a\\x1b" .* got "\\x1b"$/],
  ];
  for (const [text, error] of cases) {
    const parsed = parseRoom(text);
    assert.ok("error" in parsed, text);
    assert.match(parsed.error, error);
  }
});

Deno.test("parseRoom() changes nothing twice and keeps to its limit", () => {
  fc.assert(
    fc.property(nickLike(), (name) => {
      const parsed = parseRoom(`#${name}`);
      if ("error" in parsed) return;
      assert.deepEqual(parseRoom(parsed.room), parsed);
      assert.ok(new TextEncoder().encode(parsed.room).length <= MAX_ROOM_BYTES);
    }),
    { numRuns: 500 },
  );
});
