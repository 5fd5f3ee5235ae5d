import assert from "node:assert/strict";
import type { Verdict, VerdictReason } from "../../lib/collect/offset/verdict.ts";
import { reportVerdict } from "../../lib/collect/report_verdict.ts";
import type { ClientReport, SessionReport } from "../../lib/collect/store/client_report.ts";
import { GOOD_ESTIMATE } from "./report_stores.ts";

const NOW_US = 2_000_000_000;

function session(changed: Partial<SessionReport> = {}): SessionReport {
  return {
    ...{ session: "s", tokenName: "", sent: 10, stored: 10, equal: 0, lost: 0, repeated: 0 },
    ...{ highestSequence: 10, isTailKnown: false, steps: [], estimate: GOOD_ESTIMATE },
    ...{ firstSeenUs: NOW_US - 60e6, lastSeenUs: NOW_US },
    ...changed,
  };
}

function estimate(reasons: readonly VerdictReason[], trust: Verdict["trust"] = "doubtful") {
  return { ...GOOD_ESTIMATE, verdictJson: JSON.stringify({ trust, reasons }) };
}

function verdictOf(...sessions: Partial<SessionReport>[]) {
  const client: ClientReport = { clientId: "ada", sessions: sessions.map(session) };
  return reportVerdict(client, NOW_US);
}

Deno.test("reportVerdict() is ok when there is nothing to say", () => {
  assert.deepEqual(verdictOf({}), { trust: "ok", reasons: [] });
});

const step = { side: "client", atUs: 1000, sizeUs: -50, errorUs: 1, mayBeSuspend: true } as const;

for (
  const [says, changed, reason, trust] of [
    ["no probes", { estimate: undefined }, { kind: "no probes" }, "unknown"],
    [
      "too few probes",
      { estimate: estimate([{ kind: "too few probes", probes: 2, needed: 3 }]) },
      { kind: "too few probes", probes: 2, needed: 3 },
      "doubtful",
    ],
    [
      "an unstable path",
      { estimate: estimate([{ kind: "unstable path", leastDelayUs: 9, usualDelayUs: 5000 }]) },
      { kind: "unstable path", leastDelayUs: 9, usualDelayUs: 5000 },
      "doubtful",
    ],
    [
      "a frequency jump",
      { estimate: estimate([{ kind: "frequency jump", times: 2 }]) },
      { kind: "frequency jump", times: 2 },
      "doubtful",
    ],
    [
      "bad probes",
      { estimate: estimate([{ kind: "bad probes", refused: { a: 2, b: 3 } }], "ok") },
      { kind: "bad probes", times: 5 },
      "ok",
    ],
    [
      "a clock that is far off",
      { estimate: { ...GOOD_ESTIMATE, offsetUs: -1_000_211, boundUs: 210 } },
      { kind: "far off", offsetUs: -1_000_211, limitUs: 1_000_000 },
      "doubtful",
    ],
    [
      "a step that was told, long ago",
      {
        steps: [{ session: "s", side: "client", atUs: 1000, byUs: -50, errorUs: 1 }],
        estimate: estimate([{ kind: "step", ...step }], "ok"),
      },
      { kind: "step", side: "client", atUs: 1000, sizeUs: -50, mayBeSuspend: true, times: 1 },
      "ok",
    ],
    [
      "a step that nobody told, a moment ago",
      {
        steps: [{ session: "s", side: "server", atUs: 900, byUs: 5, errorUs: 1 }],
        estimate: estimate([{ kind: "step", ...step, side: "unknown", mayBeSuspend: false }]),
      },
      { kind: "step", side: "unknown", atUs: 1000, sizeUs: -50, mayBeSuspend: false, times: 2 },
      "doubtful",
    ],
    ["gaps", { sent: 14, lost: 4 }, { kind: "gaps", lost: 4, lostBefore: 0 }, "doubtful"],
    [
      "silence",
      { firstSeenUs: 0, lastSeenUs: NOW_US - 300e6 - 1 },
      { kind: "silent", ageUs: 300e6 + 1 },
      "doubtful",
    ],
  ] as const
) {
  Deno.test(`reportVerdict() tells ${says}`, () => {
    const verdict = verdictOf(changed);
    assert.deepEqual(verdict.reasons.map((each) => ({ ...each })), [reason].map((each) => each));
    assert.equal(verdict.trust, trust);
  });
}

for (
  const [says, changed] of [
    ["a client that ended is silent", { isTailKnown: true, firstSeenUs: 0, lastSeenUs: 1 }],
    ["a client is silent at the limit", { firstSeenUs: 0, lastSeenUs: NOW_US - 300e6 }],
    ["a clock is far off at the limit", {
      estimate: { ...GOOD_ESTIMATE, offsetUs: 1_000_210, boundUs: 210 },
    }],
    ["a client that nobody saw is silent", { firstSeenUs: undefined, lastSeenUs: undefined }],
  ] as const
) {
  Deno.test(`reportVerdict() does not say that ${says}`, () => {
    assert.deepEqual(verdictOf(changed), { trust: "ok", reasons: [] });
  });
}

Deno.test("reportVerdict() tells an id that is used twice, also by a short run inside a long one", () => {
  const run = (fromS: number, toS: number) => ({
    ...{ firstSeenUs: fromS * 1e6, lastSeenUs: toS * 1e6, isTailKnown: true },
  });
  assert.deepEqual(verdictOf(run(1, 2), run(2, 3), run(3, 4)).reasons, []);
  assert.deepEqual(verdictOf(run(1, 100), run(10, 12), run(90, 200)).reasons, [
    { kind: "id used twice", overlaps: 2, forUs: 10e6 },
  ]);
  assert.equal(verdictOf(run(3, 5), run(1, 4)).reasons[0]?.kind, "id used twice");
});

Deno.test("reportVerdict() tells what earlier runs have lost", () => {
  const before = { lost: 3, sent: 13, firstSeenUs: 1, lastSeenUs: 2 };
  assert.deepEqual(verdictOf(before, {}).reasons, [{ kind: "gaps", lost: 0, lostBefore: 3 }]);
});

for (const verdictJson of ["", "{", "null", "[]", '{"trust":"ok"}', '{"reasons":[1]}']) {
  Deno.test(`reportVerdict() doubts an estimate whose verdict it cannot read: ${verdictJson}`, () => {
    const verdict = verdictOf({ estimate: { ...GOOD_ESTIMATE, verdictJson } });
    assert.deepEqual(verdict, { trust: "doubtful", reasons: [] });
  });
}

Deno.test("reportVerdict() leaves out reasons that it does not know", () => {
  const reasons = [{ kind: "full moon" }, 7, { kind: "frequency jump", times: "often" }];
  const verdictJson = JSON.stringify({ trust: "ok", reasons });
  assert.deepEqual(verdictOf({ estimate: { ...GOOD_ESTIMATE, verdictJson } }), {
    trust: "ok",
    reasons: [],
  });
});
