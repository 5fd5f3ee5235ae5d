import assert from "node:assert/strict";
import { type StatusFacts, statusText } from "../../../lib/chat/client/status_text.ts";
import { PLAIN_STYLE } from "../../../lib/terminal/style.ts";

const FACTS: StatusFacts = {
  where: "#lobby",
  nick: "ada",
  here: 3,
  roundTripNs: 400_000,
  trouble: undefined,
  isConnecting: false,
  waiting: 0,
  unread: new Map(),
  files: "",
};

const CASES: readonly (readonly [Partial<StatusFacts>, string])[] = [
  [{}, "#lobby · ada · 3 here · 400 us"],
  [{ where: "", here: undefined }, "ada · 400 us"],
  [{ isConnecting: true }, "connecting · #lobby · ada"],
  [{ trouble: { code: "lost", retryMs: 2100 } }, "reconnecting in 3 s (line lost) · #lobby · ada"],
  [
    { trouble: { code: "lost", retryMs: 100 }, waiting: 2 },
    "reconnecting (line lost) · #lobby · ada · 2 to send",
  ],
  [
    { trouble: { code: "taken-over", retryMs: undefined } },
    "not connected (another client has this session) · #lobby · ada",
  ],
  [
    { unread: new Map([["#dev", 3], ["@bob\u001b", 1], ["#lobby", 4]]) },
    "#lobby · ada · 3 here · 400 us · #dev 3 @bob\\x1b 1",
  ],
  [{ files: "file 1 40 %" }, "#lobby · ada · 3 here · 400 us · file 1 40 %"],
];

for (const [facts, text] of CASES) {
  Deno.test(`statusText() reads ${text}`, () => {
    assert.equal(statusText({ ...FACTS, ...facts }, PLAIN_STYLE), text);
  });
}
