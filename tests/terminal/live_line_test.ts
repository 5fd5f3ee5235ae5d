import assert from "node:assert/strict";
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import type { Output } from "../../lib/context.ts";
import { LiveLine } from "../../lib/terminal/live_line.ts";
import { KeptOutput } from "../kept_output.ts";

/** What a drawn line is written as. */
const drawn = (text: string) => `\u001b[?7l${text}\u001b[?7h`;
const CLEAR = "\r\u001b[K";

function liveLine(columns: number | undefined = 20) {
  const clock = new FakeClock();
  const output = new KeptOutput(columns);
  const line = new LiveLine(output, { clock });
  /** What was written since the last call. */
  const taken = () => {
    const { text } = output;
    output.text = "";
    return text;
  };
  return { clock, line, taken };
}

Deno.test("LiveLine shows the first text at once, then the newest every 100 ms", async () => {
  const { clock, line, taken } = liveLine();
  line.update("1");
  assert.equal(taken(), drawn("1"));
  line.update("2");
  line.update("3");
  await clock.advance(99);
  assert.equal(taken(), "");
  await clock.advance(1);
  assert.equal(taken(), CLEAR + drawn("3"));
  await clock.advance(1000);
  assert.equal(taken(), "", "nothing new, nothing written");
  line.update("4");
  assert.equal(taken(), CLEAR + drawn("4"));
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("LiveLine writes whole lines above itself", () => {
  const { line, taken } = liveLine();
  line.write("before\nhalf");
  assert.equal(taken(), "before\n");
  line.update("45%");
  assert.equal(taken(), drawn("45%"));
  line.write(" a line\nand a");
  assert.equal(taken(), `${CLEAR}half a line\n${drawn("45%")}`);
  line.writeAbove("nother");
  assert.equal(taken(), `${CLEAR}and another\n${drawn("45%")}`);
});

Deno.test("LiveLine done() takes the line away, lets out what waited, and leaves no timer", () => {
  const { clock, line, taken } = liveLine();
  line.update("1");
  line.update("2");
  line.write("half a line");
  taken();
  line.done();
  assert.equal(taken(), `${CLEAR}half a line`);
  assert.equal(clock.pendingTimers, 0);
  line.done();
  line.update("3");
  line.write("through");
  assert.equal(taken(), "through");
});

Deno.test("LiveLine done() can leave the newest text standing", () => {
  const { line, taken } = liveLine();
  line.update("1");
  line.update("2");
  taken();
  line.done("keep");
  assert.equal(taken(), `${CLEAR}2\n`);
});

Deno.test("LiveLine cuts to the width that the terminal has now, one column less", async () => {
  const clock = new FakeClock();
  let columns = 8;
  let text = "";
  const output: Output = {
    write: (more) => void (text += more),
    get columns() {
      return columns;
    },
    isTerminal: true,
    hasColor: true,
  };
  const line = new LiveLine(output, { clock });
  line.update("字字字字字");
  assert.equal(text, drawn("字字字…"));
  columns = 5;
  text = "";
  line.write("above\n");
  assert.equal(text, `${CLEAR}above\n${drawn("字…")}`);
  assert.deepEqual([line.columns, line.isTerminal, line.hasColor], [5, true, true]);
  line.done();
  await clock.advance(0);
});

Deno.test("LiveLine is not there where there is no terminal", () => {
  const clock = new FakeClock();
  const output = new KeptOutput();
  const line = new LiveLine(output, { clock });
  line.update("45%");
  line.write("half");
  line.writeAbove("a log line");
  line.done("keep");
  assert.equal(output.text, "halfa log line\n");
  assert.equal(clock.pendingTimers, 0);
});
