import assert from "node:assert/strict";
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import { Screen } from "../../lib/terminal/screen.ts";
import { showEvery } from "../../lib/terminal/show_every.ts";
import { KeptOutput } from "../kept_output.ts";

const CLEAR = "\r\u001b[K\u001b[C\u001b[J\r";
const block = (...lines: string[]) => `\u001b[?7l${lines.join("\r\n")}\u001b[?7h`;

// deno-lint-ignore no-control-regex -- what a terminal obeys
const TERMINAL = /\u001b\[(\d*)A|\u001b\[[JKC]|\u001b\[\?7[lh]|\r|\n|[^\u001b\r\n]+/g;

/** What a terminal shows after `text`, as far as `Screen` uses it. */
function shown(text: string): string[] {
  const rows = [""];
  let row = 0;
  for (
    const [part] of text.matchAll(TERMINAL)
  ) {
    if (part === "\r" || part === "\u001b[C" || part.startsWith("\u001b[?7")) continue;
    if (part === "\n") rows[++row] ??= "";
    else if (part.endsWith("A")) row -= Number(part.slice(2, -1));
    else if (part === "\u001b[K") rows[row] = "";
    else if (part === "\u001b[J") rows.splice(row, rows.length, "");
    else rows[row] = (rows[row] ?? "") + part;
  }
  return rows;
}

Deno.test("Screen draws its lines over those before, and writes go above them", () => {
  const output = new KeptOutput(40);
  const screen = new Screen(output);
  screen.write("first\n");
  screen.show(["a", "b", "c"]);
  screen.write("second, in ");
  screen.write("parts\nthird\nand half");
  screen.show(["d"]);
  assert.deepEqual(shown(output.text), ["first", "second, in parts", "third", "d"]);
  screen.show([]);
  assert.deepEqual(shown(output.text), ["first", "second, in parts", "third", "and half"]);
  screen.write(" of it\n");
  assert.equal(shown(output.text)[3], "and half of it");
});

Deno.test("Screen cuts lines to the terminal and leaves a column free", () => {
  const output = new KeptOutput(10);
  const screen = new Screen(output);
  screen.show(["0123456789abc"]);
  assert.equal(output.text, block("01234567…"));
  screen.show(["x"]);
  assert.equal(output.text, `${block("01234567…")}${CLEAR}${block("x")}`);
});

Deno.test("Screen never clears from the first column down, which tmux takes for a new page", () => {
  const output = new KeptOutput(40);
  const screen = new Screen(output);
  for (const lines of [["a", "b"], ["c"], ["d", "e"], []]) {
    screen.show(lines);
    screen.write("above\n");
  }
  // deno-lint-ignore no-control-regex -- what a terminal obeys
  const clears = [...output.text.matchAll(/(.{3})\u001b\[J/gs)].map(([, before]) => before);
  assert.deepEqual(new Set(clears), new Set(["\u001b[C"]));
});

Deno.test("Screen lets everything through where there is no terminal", () => {
  const output = new KeptOutput();
  const screen = new Screen(output);
  screen.show(["never seen"]);
  screen.write("half");
  screen.show([]);
  assert.equal(output.text, "half");
});

Deno.test("Screen.lend() leaves the bottom to another, which gets what is written", () => {
  const output = new KeptOutput(40);
  const screen = new Screen(output);
  screen.show(["a"]);
  screen.write("half");
  const borrower = screen.lend((below) => {
    assert.equal(below, output);
    return new KeptOutput(40);
  });
  screen.show(["never seen"]);
  screen.write("above\n");
  assert.equal(borrower.text, "above\n");
  assert.deepEqual(shown(output.text), ["half"]);
});

Deno.test("showEvery() shows new lines until it is disposed, and leaves nothing", async () => {
  const clock = new FakeClock();
  const output = new KeptOutput(40);
  let count = 0;
  const showing = showEvery(new Screen(output), clock, 500, () => [`${++count}`]);
  await clock.advance(1700);
  assert.deepEqual(shown(output.text), ["3"]);
  showing[Symbol.dispose]();
  assert.deepEqual(shown(output.text), [""]);
  assert.equal(clock.pendingTimers, 0);
});
