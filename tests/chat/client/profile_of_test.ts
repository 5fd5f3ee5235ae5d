import assert from "node:assert/strict";
import fc from "fast-check";
import { profileOf } from "../../../lib/chat/client/profile_of.ts";
import { statePath } from "../../../lib/transport/session/state_path.ts";

Deno.test("profileOf() keeps what may be a profile, and no two nicknames have one", () => {
  for (const nick of ["ada", "bob-2", "a.b_c"]) assert.equal(profileOf(nick), nick);
  assert.equal(profileOf("Ada"), "ada");
  const odd = ["default", "2", "n-ada", "Жанна", "字", "-x", "a".repeat(29), "a".repeat(30), "a/b"];
  const profiles = odd.map(profileOf);
  assert.equal(new Set(profiles).size, odd.length);
  for (const profile of profiles) assert.match(profile, /^n-[0-9a-f]{16}$/);
});

Deno.test("profileOf() gives names that are paths, with a number behind them too", () => {
  const environment = { os: "linux", process: { env: { HOME: "/h" } } };
  const key = { service: "chat", server: { host: "h", port: 1 } };
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 64 }), (nick) => {
    statePath(environment, key, `${profileOf(nick)}-999`);
  }));
});
