import assert from "node:assert/strict";
import { safeText } from "../../lib/terminal/safe_text.ts";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import type { SessionStep } from "../../lib/collect/store/client_report.ts";
import { StoreError } from "../../lib/store/store_error.ts";
import { FakeRoom } from "../fake_context.ts";
import { GOOD_ESTIMATE, type StoredRun, storeWith } from "./report_stores.ts";

/** What the clock of a room shows at the start, in microseconds. */
const NOW_US = new FakeRoom().clock.wallUs();

const GOOD: StoredRun = {
  ...{ clientId: "ada", session: "a1", fromUs: NOW_US - 5e6, toUs: NOW_US - 2e6 },
  estimate: GOOD_ESTIMATE,
};

const STEP: SessionStep = {
  session: "a1",
  side: "client",
  atUs: NOW_US - 2e6,
  byUs: -1e6,
  errorUs: 3,
};

async function roomWith(...runs: readonly StoredRun[]): Promise<FakeRoom> {
  const room = new FakeRoom();
  room.stores.set("collect.sqlite", await storeWith(...runs));
  return room;
}

async function run(
  room: FakeRoom,
  args: readonly string[],
  columns?: number,
  env: Readonly<Record<string, string>> = {},
) {
  const process = room.run(["collect", "report", ...args], env, columns);
  const code = await room.clock.runUntil(process.exitCode);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text };
}

Deno.test("tram collect report shows offset, rate, delay, account and verdict of each client", async () => {
  const room = await roomWith(GOOD, {
    ...{ ...GOOD, clientId: "bob", session: "b1", count: 5, lost: 1200 },
    estimate: { ...GOOD_ESTIMATE, offsetUs: 2.5e6, frequencyPpm: -120.4 },
  });
  assert.deepEqual(await run(room, [], 80), {
    code: 0,
    stdout: `\
client             offset    ppm   delay  last seen  verdict
ada     -2.50 ms ± 210 us  +12.3  400 us  2.0 s ago  ok
bob      +2.50 s ± 210 us   -120  400 us  2.0 s ago  clock far off, gaps

ada: 2 sent = 2 stored + 0 equal + 0 lost
bob: 1,205 sent = 5 stored + 0 equal + 1,200 lost; its clock is 2.50 s behind;
  1,200 samples lost

A way that is always slower in one direction than in the other cannot be seen
from two ends: it shifts an offset by up to half of the delay. The bounds (±)
allow for it.
`,
    stderr: "",
  });
});

for (
  const [verdict, words, ...runs] of [
    ["ok", /^ada: 2 sent = 2 stored \+ 0 equal \+ 0 lost$/m, GOOD],
    [
      "step seen",
      /the client's clock was set back by 1.00 s at 2023-11-14T22:13:18Z$/m,
      {
        ...GOOD,
        steps: [STEP],
      },
    ],
    [
      "unstable path",
      /the delay is 90.0 ms as a rule and 400 us at best, so the bound is wide$/m,
      {
        ...GOOD,
        estimate: {
          ...GOOD_ESTIMATE,
          verdictJson: '{"trust":"doubtful","reasons":[{"kind":"unstable path",' +
            '"leastDelayUs":400,"usualDelayUs":90000}]}',
        },
      },
    ],
    [
      "too few probes",
      /only 1 probe, wanted 3$/m,
      {
        ...GOOD,
        estimate: {
          ...GOOD_ESTIMATE,
          verdictJson: '{"trust":"doubtful","reasons":[{"kind":"too few probes",' +
            '"probes":1,"needed":3}]}',
        },
      },
    ],
    [
      "id used twice",
      /\(run 2 of 2\); two senders had this id at the same time for 25 s$/m,
      { ...GOOD, session: "a0", fromUs: NOW_US - 60e6, toUs: NOW_US - 30e6 },
      { ...GOOD, fromUs: NOW_US - 55e6 },
    ],
    ["gaps", /2 stored \+ 0 equal \+ 3 lost; 3 samples lost$/m, { ...GOOD, lost: 3 }],
    [
      "clock far off",
      /its clock is 86400 s ahead$/m,
      { ...GOOD, estimate: { ...GOOD_ESTIMATE, offsetUs: -86_400e6 } },
    ],
    [
      "silent",
      /0 lost; tail unknown; not seen for 10 min 00 s, and it did not say goodbye$/m,
      { ...GOOD, isEnded: false, fromUs: NOW_US - 700e6, toUs: NOW_US - 600e6 },
    ],
    [
      "clock unknown",
      /how far its clock is off is not known: no probe was answered$/m,
      { ...GOOD, estimate: undefined },
    ],
  ] as const
) {
  Deno.test(`tram collect report says "${verdict}" and why`, async () => {
    const { code, stdout } = await run(await roomWith(...runs), []);
    assert.equal(code, 0);
    assert.match(stdout.replaceAll("\n  ", " "), words);
    assert.match(stdout, new RegExp(`^ada .*  ${verdict}$`, "m"));
  });
}

Deno.test("tram collect report says that a tail is unknown, and that an old run had gaps", async () => {
  const before = { ...GOOD, session: "a0", fromUs: 1, toUs: 2, lost: 7 };
  const { stdout } = await run(await roomWith(before, { ...GOOD, isEnded: false }), []);
  assert.match(stdout, /\(run 2 of 2\); tail unknown; 7 lost\s+in runs before$/m);
});

const SEVERAL = [
  GOOD,
  { ...GOOD, clientId: "a".repeat(64), session: "b1", isEnded: false, lost: 1e9 },
  { ...GOOD, clientId: "b", session: "c1", fromUs: 1, toUs: 2, estimate: undefined },
  {
    ...{ ...GOOD, clientId: "c", session: "d1" },
    estimate: { ...GOOD_ESTIMATE, offsetUs: -1e15, boundUs: 1e15, frequencyPpm: -499.9 },
  },
];

for (const columns of [20, 40, 60, 80, 120]) {
  Deno.test(`tram collect report fits into ${columns} columns`, async () => {
    const { stdout } = await run(await roomWith(...SEVERAL), [], columns);
    for (const line of stdout.split("\n")) assert(displayWidth(line) <= columns, line);
    assert.equal(safeText(stdout.replaceAll("\n", "")), stdout.replaceAll("\n", ""));
  });
}

Deno.test("tram collect report has one line per client in 80 columns, a block in 40", async () => {
  const wide = await run(await roomWith(GOOD, { ...GOOD, clientId: "bob", session: "b" }), [], 80);
  assert.equal(wide.stdout.indexOf("\n\n"), wide.stdout.split("\n").slice(0, 3).join("\n").length);
  const narrow = await run(await roomWith(GOOD), [], 40);
  assert.match(narrow.stdout, /^client: ada\noffset: -2.50 ms ± 210 us\nppm: \+12.3\n/m);
});

Deno.test("tram collect report --json has one object per client, and null for what is not known", async () => {
  const room = await roomWith(GOOD, {
    ...GOOD,
    clientId: "bob",
    session: "b1",
    estimate: undefined,
  });
  const { code, stdout, stderr } = await run(room, ["--json"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const [ada, bob, ...more] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(more, []);
  assert.deepEqual(Object.keys(ada), Object.keys(bob));
  const { offsetUs, boundUs, frequencyPpm, delayUs, asymmetryUpToUs, trust, verdict } = ada;
  assert.deepEqual(
    { offsetUs, boundUs, frequencyPpm, delayUs, asymmetryUpToUs, trust, verdict },
    {
      ...{ offsetUs: -2500, boundUs: 211, frequencyPpm: 12.346, delayUs: 400 },
      ...{ asymmetryUpToUs: 200, trust: "ok", verdict: "ok" },
    },
  );
  assert.deepEqual([bob.offsetUs, bob.boundUs, bob.trust], [null, null, "unknown"]);
  assert.equal(ada.sessions[0].sent, 2);
});

Deno.test("tram collect report CLIENT… reports on those alone", async () => {
  const bob = { ...GOOD, clientId: "bob", session: "b1" };
  const room = await roomWith(GOOD, bob, { ...GOOD, clientId: "eve", session: "e1" });
  const { stdout } = await run(room, ["--json", "eve", "ada", "eve"]);
  const ids = stdout.trimEnd().split("\n").map((line) => JSON.parse(line).clientId);
  assert.deepEqual(ids, ["ada", "eve"]);
});

Deno.test("tram collect report of a store without samples says so, and leaves out who only asked", async () => {
  const room = await roomWith({ ...GOOD, count: 0, lost: 0, isEnded: false });
  assert.deepEqual(await run(room, []), {
    code: 0,
    stdout: "nobody has sent samples yet\n",
    stderr: "",
  });
  assert.equal((await run(room, ["--json"])).stdout, "");
});

for (
  const [args, code, stderr] of [
    [["adaa"], 1, 'Cannot find client "adaa": it has sent no samples; did you mean "ada"?'],
    [["zoe", "ada"], 1, 'Cannot find client "zoe": it has sent no samples'],
    [["idle"], 1, 'Cannot find client "idle": it has sent no samples'],
    [["--store", "no.sqlite"], 2, "Cannot open no.sqlite: there is no such store"],
    [["--store", "newer"], 1, "Cannot use newer: a newer tram made it"],
    [["--store", "text"], 2, "Cannot use text: it is no store of tram"],
    [
      ["--store", ":memory:"],
      2,
      "Cannot read :memory: from another process: wanted the file of a store",
    ],
    [["--store", ""], 2, 'Failed to parse "" for store: wanted the path of a file, got ""'],
    [["a b"], 2, 'Failed to parse "a b" for CLIENT: wanted the name of a client, got "a b"'],
  ] as const
) {
  Deno.test(`tram collect report ${args.join(" ")} ends with ${code} and one line`, async () => {
    const idle = { ...GOOD, clientId: "idle", session: "i1", count: 0, isEnded: false };
    const room = await roomWith(GOOD, idle);
    room.storeFailures.set(
      "newer",
      new StoreError("newer", "Cannot use newer: a newer tram made it"),
    );
    room.storeFailures.set(
      "text",
      new StoreError("not-a-store", "Cannot use text: it is no store of tram"),
    );
    assert.deepEqual(await run(room, args), { code, stdout: "", stderr: `tram: ${stderr}\n` });
  });
}
