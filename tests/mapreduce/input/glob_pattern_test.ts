import assert from "node:assert/strict";
import { globPattern, isGlob } from "../../../lib/mapreduce/input/glob_pattern.ts";

for (
  const [pattern, folder, yes, no] of [
    ["*.wet", "", ["a.wet", "é.wet", "a b.wet"], [".wet", ".a.wet", "a/b.wet", "a.wet.gz"]],
    ["in/part-?.gz", "in", ["part-1.gz", "part-é.gz", "part-🚋.gz"], [
      "part-.gz",
      "part-10.gz",
      "part-/.gz",
    ]],
    ["/data/20[0-9][!1-3]/x", "/data", ["2004/x", "2090/x"], ["2001/x", "20a4/x", "200/x"]],
    ["a/**/*.wet", "a", ["x.wet", "b/x.wet", "b/c/x.wet"], [".b/x.wet", "b/.x.wet", "x.wet/y"]],
    ["**", "", ["a", "a/b", "a/b/c"], [".a", "a/.b", ""]],
    ["/*", "/", ["etc"], ["a/b"]],
    ["x[*]y[]]z", "", ["x*y]z"], ["xay]z"]],
    ["a+(b).{c}*", "", ["a+(b).{c}", "a+(b).{c}d"], ["aab.c"]],
    ["a[b", "", ["a[b"], ["ab"]],
    ["[a-c-]*", "", ["b", "-x"], ["d"]],
    ["a[^b]c", "", ["axc"], ["abc", "a/c"]],
  ] as const
) {
  Deno.test(`globPattern() of ${pattern} matches what a shell does`, () => {
    const glob = globPattern(pattern);
    assert.equal(glob.folder, folder);
    for (const path of yes) assert.ok(glob.matches(path), path);
    for (const path of no) assert.ok(!glob.matches(path), path);
  });
}

Deno.test("isGlob() tells patterns from plain paths", () => {
  assert.deepEqual(["a*", "a?", "[a]", "a.wet", "{a}"].map(isGlob), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
