import assert from "node:assert/strict";
import { completeInput } from "../../../lib/chat/client/complete_input.ts";

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  ".": ["my song.ogg", "myth/", "z", ".secret"],
  "myth/": ["one.txt", "two.txt"],
};

const NAMES = {
  nicks: ["ada", "Adam", "bob"],
  rooms: ["#lobby", "#dev"],
  namesIn: (folder: string) => FOLDERS[folder] ?? [],
};

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
  ["!send b", 6, ["bob "]],
  ["!send bob b", 10, []],
  ["!send bob my", 10, ["my song.ogg", "myth/"]],
  ["!send #dev my s", 11, ["my song.ogg"]],
  ["!SEND bob myth/o", 10, ["myth/one.txt"]],
  ["!send bob ", 10, ["my song.ogg", "myth/", "z"]],
  ["!send bob .", 10, [".secret"]],
  ["!send bob none/a", 10, []],
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
