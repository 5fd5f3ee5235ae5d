import assert from "node:assert/strict";
import { sendText } from "../../lib/collect/send_report.ts";

const SUMMARY = {
  ...{ server: "127.0.0.1:7777", clientId: "desk", startNs: 0, isStopped: false },
  ...{ found: 0, waiting: 0, dropped: 0, estimate: undefined },
};

Deno.test("sendText() counts one sample and one tick as one", () => {
  const [one = ""] = sendText({ ...SUMMARY, taken: 1, missed: 1 }).split("\n");
  assert.equal(one, "desk to 127.0.0.1:7777: 1 sample taken, 1 stored, 1 tick missed");
  const [many = ""] = sendText({ ...SUMMARY, taken: 1000, missed: 2 }).split("\n");
  assert.equal(many, "desk to 127.0.0.1:7777: 1,000 samples taken, 1,000 stored, 2 ticks missed");
});
