import assert from "node:assert/strict";
import { completeInput } from "../../../lib/chat/client/complete_input.ts";

const NAMES = { nicks: ["ada", "Adam", "bob"], rooms: ["#lobby", "#dev"] };

const CASES: readonly (readonly [string, number, readonly string[]])[] = [
  ["!jo", 0, ["!join "]],
  ["!h", 0, ["!help ", "!history "]],
  ["!sus", 0, ["!suspend "]],
  ["ad", 0, ["ada: ", "Adam: "]],
  ["hello b", 6, ["bob "]],
  ["hello ", 6, []],
  ["!join #l", 6, ["#lobby "]],
  ["!join d", 6, ["#dev "]],
  ["!msg AD", 5, ["ada ", "Adam "]],
  ["!msg @b", 5, ["@bob "]],
  ["!msg bob see #d", 13, ["#dev "]],
  ["!send bob b", 10, []],
  ["!!jo", 0, []],
];

for (const [text, from, candidates] of CASES) {
  Deno.test(`completeInput() completes "${text}"`, () => {
    assert.deepEqual(completeInput(text, text.length, NAMES), { from, candidates });
  });
}

Deno.test("completeInput() looks at what stands before the cursor only", () => {
  assert.deepEqual(completeInput("bo and more", 2, NAMES), { from: 0, candidates: ["bob: "] });
});
