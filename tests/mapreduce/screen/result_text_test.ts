import assert from "node:assert/strict";
import type { JobPlan } from "../../../lib/mapreduce/engine/job_plan.ts";
import type { JobResult } from "../../../lib/mapreduce/engine/job_result.ts";
import { resultText } from "../../../lib/mapreduce/screen/result_text.ts";
import type { TopCount } from "../../../lib/mapreduce/screen/top_counts.ts";
import { displayWidth } from "../../../lib/terminal/display_width.ts";
import { PLAIN_STYLE } from "../../../lib/terminal/style.ts";

const MIB = 1024 * 1024;

const PLAN: JobPlan = {
  ...{ job: "{}", partitions: 2, onError: "skip" },
  inputs: [{
    ...{ number: 0, name: "/data/a\u001b[31m.wet", kind: "file", size: 9, format: "warc" },
    ...{ isGzip: false, identity: { kind: "hashes", head: "", tail: "" } },
  }],
  tasks: [{
    number: 0,
    splits: [{ input: 0, startByte: 0, endByte: 9, format: "warc", isGzip: false }],
  }],
};

const RESULT: JobResult = {
  outcome: "done",
  counters: {
    "map.stored_bytes": 30 * MIB,
    "map.text_bytes": 60 * MIB,
    "map.records": 1234,
    "map.skipped.warcinfo": 1,
    "map.emitted": 9,
    "map.output_bytes": 2 * MIB,
    "map.output_records": 7,
    "map.spilled_bytes": MIB,
    "reduce.spilled_bytes": MIB,
    "reduce.output_lines": 5,
    "reduce.output_bytes": 40,
    "words:long": 3,
  },
  ...{ problems: [], skipped: [], lost: [] },
  parts: [{ name: "part-00000", bytes: 30, crc32: 0 }, { name: "part-00001", bytes: 10, crc32: 0 }],
  earlier: { maps: 0, reduces: 0, storedBytes: 0 },
  ...{ attempts: 4, backups: 1, refused: 2, wallMs: 1000 },
};

const END = { offset: 5, code: "bad-end", message: "no line ends" } as const;
const CUT = { offset: 5, code: "cut", message: "it ends early" } as const;

/** What is shown at a width. */
function shown(result: Partial<JobResult>, columns = 100, top?: readonly TopCount[]): string {
  const what = { name: "wordcount", output: "out", plan: PLAN, status: undefined, top };
  return resultText({ ...what, result: { ...RESULT, ...result } }, columns, PLAIN_STYLE);
}

Deno.test("resultText() says what was read, moved, spilled and written, and how even the parts are", () => {
  assert.equal(
    shown({}),
    `wordcount: done in 1.0 s, output in out
read        1 input, 30 MiB stored, 60 MiB of text, 30 MiB/s
records     1,234; passed over: 1 warcinfo
words       9
shuffled    2 MiB in 7 entries, 0 B relayed
spilled     2 MiB
written     5 lines, 40 B in 2 parts, the largest 1.50 times the mean
attempts    4 for 1 map and 2 reduces, 1 as backup, 2 late messages refused
words:long  3
`,
  );
});

Deno.test("resultText() of a resumed job gives the rate of this run, and says what was before", () => {
  const text = shown({ earlier: { maps: 2, reduces: 1, storedBytes: 20 * MIB } });
  assert.match(text, / 30 MiB stored, 60 MiB of text, 10 MiB\/s\n/);
  assert.match(
    text,
    /\nresumed +2 maps of 20 MiB and 1 reduce done before; time, rate and attempts are of this run\n/,
  );
  const whole = shown({ earlier: { maps: 0, reduces: 2, storedBytes: 30 * MIB }, wallMs: 0 });
  assert.match(whole, / 60 MiB of text\n/, "nothing was read");
  assert.match(whole, /\nresumed +2 reduces done before;/);
});

Deno.test("resultText() names losses, counts those without a name, and wrong ends apart", () => {
  const counters = { ...RESULT.counters, "report.problems_left_out": 7 };
  const problems = [{ input: 0, ...END }, { input: 0, ...CUT }];
  const text = shown({ outcome: "partial", problems, counters });
  assert.match(text, /\nodd +1 record with a wrong end, read all the same\n/);
  assert.match(
    text,
    /\n8 losses:\n {2}\/data\/a\\x1b\[31m\.wet: byte 5: it ends early\n {2}and 7 m/,
  );
});

Deno.test("resultText() of a run in which nothing got through is one line", () => {
  for (const outcome of ["failed", "interrupted"] as const) {
    assert.equal(shown({ outcome, counters: {} }).split("\n").length, 2, outcome);
  }
  const disk = shown({ outcome: "failed", code: "disk" });
  assert.match(disk, /^wordcount: failed after 1\.0 s; --resume goes on\nread /);
  const task = shown({ outcome: "failed", code: "task-failed" });
  assert.match(task, /^wordcount: failed after 1\.0 s\nread /, "it would fail again");
});

Deno.test("resultText() keeps to the width", () => {
  const top = [{ key: "word".repeat(50), count: 5 }];
  for (const columns of [20, 40, 60]) {
    const lines = shown({}, columns, top).split("\n").slice(1);
    for (const line of lines) assert(displayWidth(line) <= columns, line);
    const [figures = ""] = lines.join("\n").split("\n\n");
    const words = (text: string) => text.split(/\s+/);
    assert.deepEqual(words(figures), words(shown({}).split("\n").slice(1).join(" ").trim()));
  }
});
