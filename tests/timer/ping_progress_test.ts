import assert from "node:assert/strict";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { drop } from "../proxy/actions.ts";
import { every } from "../proxy/scripts.ts";
import { REPLY } from "../proxy/timer_line.ts";
import { timerRoom } from "./timer_room.ts";

const FLAGS = ["--rate", "200", "--duration", "2900ms", "--in-flight", "64", "--timeout", "100ms"];

/** The lines that were drawn, without what moves the cursor. */
function drawn(text: string): string[] {
  // deno-lint-ignore no-control-regex -- ESC begins what a terminal is told
  return [...text.matchAll(/\u001b\[\?7l(.*?)\u001b\[\?7h/g)].map(([, line]) => line ?? "");
}

Deno.test("timer ping shows on a terminal how it goes, twice a second, and takes it away", async () => {
  await using room = await timerRoom({ thereUs: 2000 });
  const ping = room.ping(FLAGS, 80);
  const { exitCode, out } = await room.ended(ping);
  assert.equal(exitCode, 0);
  const { text } = ping.stderr;
  const lines = drawn(text);
  assert.equal(lines.length, 5);
  assert.deepEqual(lines.slice(0, 2), [
    "500 ms  100 sent  200/s  mean 2.00 ms  max 2.00 ms",
    "1.0 s  200 sent  200/s  mean 2.00 ms  max 2.00 ms",
  ]);
  assert.ok(text.endsWith("\r\u001b[K"), "the line is taken away");
  assert.ok(!out.includes("\u001b"));
});

Deno.test("timer ping says on its line what is lost, and fits it into the terminal", async () => {
  for (const columns of [30, 80]) {
    await using room = await timerRoom({ thereUs: 2000 });
    room.proxy({ back: { [REPLY]: every(20, drop) } });
    const ping = room.ping(FLAGS, columns);
    await room.ended(ping);
    const lines = drawn(ping.stderr.text);
    for (const line of lines) assert.ok(displayWidth(line) < columns, line);
    if (columns === 80) assert.match(lines.at(-1) ?? "", / 2[3-5] lost$/);
  }
});

Deno.test("timer ping draws nothing on what is no terminal", async () => {
  await using room = await timerRoom({ thereUs: 2000 });
  const ping = room.ping(FLAGS);
  const { exitCode, out, err } = await room.ended(ping);
  assert.deepEqual([exitCode, err], [0, ""]);
  assert.ok(!out.includes("\u001b") && !out.includes("\r"));
});

Deno.test("timer ping takes its line away when it is interrupted or the server leaves", async () => {
  for (const how of ["interrupt", "leave"]) {
    await using room = await timerRoom({ thereUs: 2000 });
    const ping = room.ping(FLAGS, 80);
    await room.clock.advance(1200);
    if (how === "interrupt") ping.interrupt();
    else await room[Symbol.asyncDispose]();
    assert.equal((await room.ended(ping)).exitCode, how === "interrupt" ? 130 : 3);
    assert.equal(drawn(ping.stderr.text).length, 2);
    assert.ok(ping.stderr.text.endsWith("\r\u001b[K"));
    await room.clock.advance(5000);
    assert.equal(drawn(ping.stderr.text).length, 2, "nothing is drawn after it");
  }
});
