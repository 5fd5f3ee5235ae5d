import assert from "node:assert/strict";
import { FakeRoom } from "../fake_context.ts";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { HEADER, logLine } from "./logs.ts";
import { IS_SLOW, TimerRoom, timerRoom } from "./timer_room.ts";

/** Requests per second. */
const RATE = IS_SLOW ? 250 : 1000;

/** The logs of two runs: one over a path that is 20 % slower. */
async function measure(): Promise<ReadonlyMap<string, string>> {
  await using room = await timerRoom({ thereUs: 500, jitterUs: 50 });
  for (const [name, delayUs] of [["a.hlog", 500], ["b.hlog", 600]] as const) {
    const flags = ["--rate", `${RATE}`, "--duration", "4s", "--hdr", name];
    const ping = room.ping(flags);
    await room.clock.advance(3);
    for (const { there } of room.network.links) there.settings.delayUs = delayUs;
    await room.ended(ping);
  }
  return room.texts;
}

let runs: ReturnType<typeof measure> | undefined;

/** A room in which two runs have been. */
async function twoRuns(): Promise<TimerRoom> {
  const room = new TimerRoom();
  for (const [name, text] of await (runs ??= measure())) room.texts.set(name, text);
  return room;
}

Deno.test("timer compare finds no difference between a run and itself", async () => {
  await using room = await twoRuns();
  const { exitCode, out, err } = await room.command("timer", "compare", "a.hlog", "a.hlog");
  assert.deepEqual([exitCode, err], [0, ""]);
  assert.match(out, /no difference/);
  assert.match(out, /^response: A a\.hlog, [\d,]+ samples; B a\.hlog, [\d,]+ samples$/m);
  const { out: line } = await room.command("timer", "compare", "a.hlog", "a.hlog", "--json");
  const { percentiles } = JSON.parse(line);
  for (const { ratio, a, b, percentile, verdict } of percentiles) {
    assert.deepEqual([ratio, a], [1, b]);
    // The path is random: its tail may be decided by a few requests.
    assert(verdict === "same" || percentile > 90 && verdict === null, `p${percentile}: ${verdict}`);
  }
});

Deno.test("timer compare tells the slower of two runs", async () => {
  await using room = await twoRuns();
  for (const [files, verdict] of [["a.hlog b.hlog", "slower"], ["b.hlog a.hlog", "faster"]]) {
    const args = ["timer", "compare", ...(files ?? "").split(" ")];
    const { exitCode, out } = await room.command(...args);
    assert.equal(exitCode, 0);
    assert.match(out, new RegExp(`B is ${verdict}`));
    const { out: json } = await room.command(...args, "--json");
    assert.equal(JSON.parse(json).percentiles[0].verdict, verdict);
  }
});

Deno.test("timer compare --json is one object with the same members each time", async () => {
  await using room = await twoRuns();
  const { out } = await room.command("timer", "compare", "a.hlog", "b.hlog", "--json");
  assert.equal(out.split("\n").length, 2);
  const summary = JSON.parse(out);
  const members = ["type", "tag", "unit", "a", "b", "conclusion", "percentiles"];
  for (const member of members) assert.ok(member in summary, member);
  assert.deepEqual([summary.type, summary.tag, summary.unit], ["comparison", "response", "ns"]);
  assert.deepEqual([summary.a.file, summary.a.count], ["a.hlog", 4 * RATE]);
  assert.ok(summary.a.slices >= 16 && summary.a.slices <= 32);
  for (const each of summary.percentiles) {
    for (const member of ["percentile", "a", "b", "ratio", "low", "high", "verdict"]) {
      assert.ok(member in each, member);
    }
  }
  assert.deepEqual(
    summary.percentiles.map(({ percentile }: { percentile: number }) => percentile),
    [50, 90, 99],
  );
});

Deno.test("timer compare --tag compares another distribution", async () => {
  await using room = await twoRuns();
  for (const tag of ["service", "gap", "held", "lateness"]) {
    const { exitCode, out, err } = await room.command(
      ...["timer", "compare", "a.hlog", "b.hlog", "--tag", tag, "--json"],
    );
    assert.deepEqual([exitCode, err], [0, ""]);
    assert.equal(JSON.parse(out).tag, tag);
    assert.doesNotMatch(out, /NaN|undefined/);
  }
});

/** Runs the comparison of two texts. */
async function compareTexts(a: string, b: string, ...flags: string[]) {
  const room = new FakeRoom();
  room.texts.set("a.hlog", a).set("b.hlog", b);
  const process = room.run(["timer", "compare", "a.hlog", "b.hlog", ...flags]);
  const exitCode = await room.clock.runUntil(process.exitCode, 1000);
  return { exitCode, out: process.stdout.text, err: process.stderr.text };
}

/** A log of many slices of the same values. */
function log(tags: readonly (string | undefined)[], slices = 20): string {
  const values = Array.from({ length: 50 }, (_, i) => i * 20);
  const lines = Array.from(
    { length: slices },
    (_, atSeconds) =>
      tags.map((tag) => logLine({ values, atSeconds, ...(tag === undefined ? {} : { tag }) })),
  );
  return [...HEADER, ...lines.flat(), ""].join("\n");
}

Deno.test("timer compare takes the only tag that both have, and logs of other tools", async () => {
  for (
    const [a, b, tag] of [
      [log([undefined]), log([undefined]), ""],
      [log(["x"]), log(["x", "y"]), "x"],
      [log(["x", "y", "response"]), log(["response", "x", "y"]), "response"],
    ] as const
  ) {
    const { exitCode, out } = await compareTexts(a, b, "--json");
    assert.equal(exitCode, 0);
    const { tag: taken, unit, a: first } = JSON.parse(out);
    assert.deepEqual([taken, unit, first.count, first.slices], [tag, null, 1000, 20]);
  }
});

Deno.test("timer compare refuses with one line and 2 what it cannot compare", async () => {
  for (
    const [a, b, flags, message] of [
      [log(["x"]), log(["y"]), [], 'no tag is in both; the first has "x", the second'],
      [log(["x", "y"]), log(["y", "x"]), [], 'Cannot compare without --tag: both have "x", "y"'],
      [log(["x"]), log(["x"]), ["--tag", "z"], 'Cannot find tag "z" in a.hlog: it has "x"'],
      [log(["x"]), "hello", [], "Cannot read b.hlog: line 1 holds no histogram"],
      ["", log(["x"]), [], "Cannot read a.hlog: wanted a log of histograms"],
      [log(["x\u001b[2J"]), log(["y"]), [], "the first has"],
    ] as const
  ) {
    const { exitCode, out, err } = await compareTexts(a, b, ...flags);
    assert.deepEqual([exitCode, out], [2, ""], err);
    assert.match(err, /^tram: [^\n]+\n$/);
    assert.ok(err.includes(message), err);
    assert.ok(!err.includes("\u001b"), "text of a file is made safe");
  }
});

Deno.test("timer compare says which file is not there, and ends with 2", async () => {
  const room = new FakeRoom();
  room.texts.set("a.hlog", log(["x"]));
  for (const [args, missing] of [[["a.hlog", "b.hlog"], "b"], [["c.hlog", "a.hlog"], "c"]]) {
    const process = room.run(["timer", "compare", ...(args as string[])]);
    assert.equal(await room.clock.runUntil(process.exitCode, 1000), 2);
    assert.equal(process.stderr.text, `tram: Cannot read ${missing}.hlog: there is no such file\n`);
  }
});

Deno.test("timer compare says so when there is too little to tell", async () => {
  const few = await compareTexts(log(["x"], 3), log(["x"], 20));
  assert.equal(few.exitCode, 0);
  assert.match(few.out, /slices of time are needed/);
  const one = [...HEADER, logLine({ values: [1, 2, 3] })].join("\n");
  const tiny = await compareTexts(one, one, "--json");
  assert.deepEqual([tiny.exitCode, JSON.parse(tiny.out).percentiles], [0, []]);
});

Deno.test("timer compare keeps to the width of the terminal", async () => {
  await using room = await twoRuns();
  for (const columns of [40, 80, 200]) {
    const process = room.run(["timer", "compare", "a.hlog", "b.hlog"], {}, columns);
    const { exitCode, out } = await room.ended(process);
    assert.equal(exitCode, 0);
    for (const line of out.split("\n")) assert.ok(displayWidth(line) <= columns, line);
    assert.match(out, /█/);
  }
});
