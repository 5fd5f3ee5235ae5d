import assert from "node:assert/strict";
import { LineTally } from "./line_tally.ts";

/** Ada owes all that she types, a bot only what was safe; both have typed three lines. */
function tally(): LineTally {
  const lines = new LineTally();
  lines.add("ada", "all");
  lines.add("bot", "safe");
  for (const nick of ["ada", "bot"]) {
    for (let number = 1; number <= 3; number++) assert.equal(lines.type(nick), number);
  }
  lines.safe("bot", "1 hello");
  return lines;
}

/** What is found when these lines are in the store. */
function faultsOf(...stored: [room: string, nick: string, text: string][]): string[] {
  const lines = tally();
  for (const [room, nick, text] of stored) lines.store(room, nick, text);
  return lines.faults();
}

Deno.test("LineTally accepts each line once, in the order of its room", () => {
  const lines: [string, string, string][] = [
    ["#a", "ada", "1 x"],
    ["#a", "ada", "3 x"],
    ["#b", "ada", "2 x"],
    ["#b", "bot", "1 x"],
    ["#b", "bot", "3 it was kept before the kill"],
  ];
  assert.deepEqual(faultsOf(...lines), []);
});

Deno.test("LineTally finds lines that are lost, doubled, late or made up", () => {
  assert.deepEqual(faultsOf(["#a", "ada", "1 x"]), [
    "2 lines of ada are lost, the first is 2",
    "1 lines of bot are lost, the first is 1",
  ]);
  const [ada, bot]: [string, string, string][][] = [
    [["#a", "ada", "1 x"], ["#a", "ada", "2 x"], ["#a", "ada", "3 x"]],
    [["#a", "bot", "1 x"]],
  ];
  const both = [...ada ?? [], ...bot ?? []];
  assert.deepEqual(faultsOf(...both, ["#b", "ada", "2 x"]), ["line 2 of ada in #b is there twice"]);
  assert.deepEqual(faultsOf(...both, ["#a", "bot", "3 x"], ["#a", "bot", "2 x"]), [
    "line 2 of bot in #a comes after line 3",
  ]);
  assert.deepEqual(faultsOf(...both, ["#a", "bot", "4 x"]), [
    "line 4 of bot in #a was never said: 4 x",
  ]);
  assert.deepEqual(faultsOf(...both, ["#a", "eve", "1 x"]), [
    "line 1 of eve in #a was never said: 1 x",
  ]);
});
