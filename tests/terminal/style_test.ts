import assert from "node:assert/strict";
import { colorOf } from "../../lib/terminal/color_of.ts";
import { styleFor } from "../../lib/terminal/style.ts";
import { canDraw, wantsColor } from "../../lib/terminal/wants_color.ts";

Deno.test("styleFor() leaves text as it is without colours", () => {
  const style = styleFor({ hasColor: false });
  for (const look of Object.values(style)) assert.equal(look("text"), "text");
});

Deno.test("styleFor() ends what it begins, and looks nest", () => {
  const { bold, red } = styleFor({ hasColor: true });
  assert.equal(bold(`a${red("b")}`), "\u001b[1ma\u001b[31mb\u001b[39m\u001b[22m");
  assert.equal(red(""), "");
});

for (
  const [env, isTerminal, wanted] of [
    [{}, true, true],
    [{}, false, false],
    [{ TERM: "dumb" }, true, false],
    [{ TERM: "xterm" }, true, true],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "" }, false, false],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "1", TERM: "dumb" }, true, true],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
  ] as const
) {
  const where = `${JSON.stringify(env)} ${isTerminal ? "on a terminal" : "elsewhere"}`;
  Deno.test(`wantsColor() says ${wanted ? "yes" : "no"} with ${where}`, () => {
    assert.equal(wantsColor(env, isTerminal), wanted);
  });
}

Deno.test("canDraw() says no to a terminal that only types lines", () => {
  assert.equal(canDraw({}, true), true);
  assert.equal(canDraw({ TERM: "dumb" }, true), false);
  assert.equal(canDraw({ FORCE_COLOR: "1" }, false), false);
});

Deno.test("colorOf() is the same for the same name, and uses its six colours alike", () => {
  const names = Array.from({ length: 600 }, (_, i) => `client${i}`);
  const counts = new Map<string, number>();
  for (const name of names) {
    assert.equal(colorOf(name), colorOf(name));
    counts.set(colorOf(name), (counts.get(colorOf(name)) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  assert(Math.min(...counts.values()) > 60, JSON.stringify([...counts]));
  assert.equal(colorOf("ada"), "green");
});
