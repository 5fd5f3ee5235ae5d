import assert from "node:assert/strict";
import type { ReportReason } from "../../lib/collect/report_verdict.ts";
import { reasonText, verdictText } from "../../lib/collect/verdict_text.ts";

const step: ReportReason & { readonly kind: "step" } = {
  kind: "step",
  side: "client",
  atUs: 1e6,
  sizeUs: 2e6,
  mayBeSuspend: false,
  times: 1,
};

for (
  const [reason, text] of [
    [
      { kind: "id used twice", overlaps: 1, forUs: 5e6 },
      "two senders had this id at the same time for 5.0 s " +
      "(or one came back before its dead line was noticed)",
    ],
    [
      { kind: "id used twice", overlaps: 1, forUs: 90e6 },
      "two senders had this id at the same time for 1 min 30 s",
    ],
    [
      { kind: "id used twice", overlaps: 1200, forUs: 90e6 },
      "senders had this id at the same time 1,200 times, up to 1 min 30 s",
    ],
    [step, "the client's clock was set forward by 2.00 s at 1970-01-01T00:00:01Z"],
    [
      { ...step, side: "server", sizeUs: -2e6, mayBeSuspend: true, times: 3 },
      "the server's clock was set back by 2.00 s at 1970-01-01T00:00:01Z, " +
      "or its machine slept (3 times, this is the newest)",
    ],
    [
      { ...step, side: "unknown", atUs: 1e6 + 0.25 },
      "a clock jumped by 2.00 s at 1970-01-01T00:00:01Z, and nobody said so",
    ],
    [{ ...step, atUs: 1e16 }, "the client's clock was set forward by 2.00 s"],
    [
      { kind: "frequency jump", times: 1 },
      "a clock changed its rate faster than clocks do, once",
    ],
    [{ kind: "far off", offsetUs: -3e6, limitUs: 1e6 }, "its clock is 3.00 s ahead"],
    [{ kind: "far off", offsetUs: 3e6, limitUs: 1e6 }, "its clock is 3.00 s behind"],
    [{ kind: "bad probes", times: 1 }, "1 probe made no sense"],
    [{ kind: "bad probes", times: 2000 }, "2,000 probes made no sense"],
    [{ kind: "gaps", lost: 1, lostBefore: 0 }, "1 sample lost"],
    [{ kind: "gaps", lost: 0, lostBefore: 3 }, "3 lost in runs before"],
    [{ kind: "gaps", lost: 2, lostBefore: 3 }, "2 samples lost, 3 lost in runs before"],
  ] as const satisfies (readonly [ReportReason, string])[]
) {
  Deno.test(`reasonText() says "${text}"`, () => assert.equal(reasonText(reason), text));
}

Deno.test("verdictText() names each reason, or the trust when there is none", () => {
  const reasons: ReportReason[] = [step, { kind: "gaps", lost: 1, lostBefore: 0 }];
  assert.equal(verdictText({ trust: "doubtful", reasons }), "step seen, gaps");
  assert.equal(verdictText({ trust: "ok", reasons: [] }), "ok");
  assert.equal(verdictText({ trust: "doubtful", reasons: [] }), "doubtful");
});
