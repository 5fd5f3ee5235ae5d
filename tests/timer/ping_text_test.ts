import assert from "node:assert/strict";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { drop, duplicate } from "../proxy/actions.ts";
import { at, firstOf } from "../proxy/scripts.ts";
import { REPLY } from "../proxy/timer_line.ts";
import { timerRoom } from "./timer_room.ts";

const WIDTHS = [40, 80, undefined];

/** No line is wider than the terminal, or than 80 columns where there is none. */
function checkWidth(text: string, columns: number | undefined): void {
  for (const line of text.split("\n")) {
    assert.ok(displayWidth(line) <= (columns ?? 80), `${columns}: ${line}`);
  }
  assert.doesNotMatch(text, /NaN|undefined|Infinity/);
}

/** A text in one line, without the breaks of a narrow terminal. */
function flat(text: string): string {
  return text.replace(/\n/g, " ");
}

for (const columns of WIDTHS) {
  const where = columns === undefined ? "without a terminal" : `in ${columns} columns`;

  Deno.test(`pingText() has all numbers of an open loop ${where}`, async () => {
    await using room = await timerRoom({ thereUs: 1000, backUs: 500 });
    room.proxy({ back: { [REPLY]: firstOf(at([30, 31], drop), at([50], duplicate())) } });
    const flags = ["--rate", "250", "--in-flight", "64", "--clients", "2", "--duration", "4s"];
    const ping = room.ping([...flags, "--timeout", "1s", "--warmup", "100ms"], columns);
    const { exitCode, out } = await room.ended(ping);
    assert.equal(exitCode, 3);
    checkWidth(out, columns);
    const all = flat(out);
    for (
      const part of [
        /127\.0\.0\.1:7001,? /,
        /open loop at 250\/s/,
        /2 clients/,
        /64 in flight each/,
        /16 B/,
        /after 100 ms of warm-up/,
        /1,025 sent/,
        /1,021 answered/,
        /4 lost/,
        /2 duplicated/,
        /250 per second/,
        /p99\b/,
        /3\.00 ms/,
        /response\b/,
        /service\b/,
        /held back\b/,
        /send lateness\b/,
        /server gap\b/,
        /jitter of the round trip: 0 ns from one/,
      ]
    ) assert.match(all, part);
    const table = columns === 40
      ? /response count: 996 /
      : /response +service .* count +996 +996 +996 .* min +3\.00 ms +3\.00 ms /;
    assert.match(all, table);
    assert.match(out, /^3\.00 ms - {2}996 █+$/m);
  });

  Deno.test(`pingText() has all numbers of a closed loop ${where}`, async () => {
    await using room = await timerRoom({ thereUs: 200, backUs: 300, jitterUs: 9000 });
    const { exitCode, out } = await room.ended(room.ping(["--count", "1234"], columns));
    assert.equal(exitCode, 0);
    checkWidth(out, columns);
    assert.match(flat(out), /closed loop,? 1 client,? 1 in flight,? 16 B,? no warm-up /);
    assert.match(flat(out), /1,234 sent,? 1,234 answered,? 0 lost,? \d+ per second /);
    assert.match(flat(out), /round trip +server gap count +1,234 +1,233 /);
    const bars = [...out.matchAll(/ (\d+) [█▏▎▍▌▋▊▉]+$/gm)].map(([, count]) => Number(count));
    assert.equal(bars.reduce((sum, count) => sum + count, 0), 1234);
  });

  Deno.test(`pingText() says what went wrong ${where}`, async () => {
    await using room = await timerRoom({ thereUs: 50_000 });
    const flags = ["--rate", "100", "--duration", "60s", "--timeout", "1s"];
    const ping = room.ping(flags, columns);
    await room.clock.advance(2000);
    for (const link of room.network.links) link.stall();
    const { exitCode, out } = await room.ended(ping);
    assert.equal(exitCode, 3);
    checkWidth(out, columns);
    const all = flat(out);
    assert.match(all, /stopped: the connection ended \(silent: /);
    assert.match(all, /\d lost,? .*[\d,]+ never sent/);
    assert.match(all, /> 1\.\d\d s/, "a percentile among those that never came");
    assert.match(all, /slow answers \(over three times the median\): [\d,]+; .* path \d+%/);
    assert.match(all, /blame the path: /);
    assert.match(all, /rate not reached: [\d.]+\/s of 100\/s; /);
  });
}

Deno.test("pingText() keeps to the width when nothing was answered", async () => {
  for (const columns of [20, ...WIDTHS]) {
    await using room = await timerRoom();
    room.proxy({ back: { [REPLY]: () => drop } });
    const flags = ["--count", "30", "--timeout", "1s"];
    const { exitCode, out } = await room.ended(room.ping(flags, columns));
    assert.equal(exitCode, 3);
    checkWidth(out, columns);
    assert.match(flat(out), /30 sent,? 0 answered,? 30 lost/);
    assert.doesNotMatch(out, /█/);
  }
});

Deno.test("pingText() does not round rates below one", async () => {
  await using room = await timerRoom({ thereUs: 1000, backUs: 500 });
  const ping = room.ping(["--rate", "0.25", "--count", "3"]);
  const { out } = await room.ended(ping);
  assert.match(out, /open loop at 0\.25\/s/);
  assert.match(out, /, 0\.25 per second/);
});
