import assert from "node:assert/strict";
import { distrust } from "../../lib/config/distrust.ts";

const ME = 1000;

for (
  const [what, uid, mode, why] of [
    ["my own file", ME, 0o644, undefined],
    ["my own file that my group may write", ME, 0o664, undefined],
    ["my own file that all may write", ME, 0o666, "others may write to it (mode 666)"],
    ["root's file", 0, 0o644, undefined],
    ["root's file that a group may write", 0, 0o664, "others may write to it (mode 664)"],
    ["a stranger's file", 1001, 0o644, "it belongs to user 1001"],
    ["a stranger's file that nobody may write", 1001, 0o444, "it belongs to user 1001"],
    ["a file without an owner", null, 0o666, undefined],
  ] as const
) {
  Deno.test(`distrust() of ${what}: ${why ?? "none"}`, () => {
    assert.equal(distrust({ uid, mode }, ME), why);
  });
}

Deno.test("distrust() knows nothing where files have no owners", () => {
  assert.equal(distrust({ uid: 1001, mode: 0o666 }, null), undefined);
});
