import assert from "node:assert/strict";
import { fromSource } from "../e2e/root.ts";
import { consoleBlocks } from "./console_blocks.ts";
import { HISTOGRAM, mask } from "./mask.ts";
import { matchLines } from "./match_lines.ts";

const TABLE = [
  "client              offset   ppm   delay  last seen  verdict",
  "desk-1  -21.2 us ± 91.8 us  -4.3  175 us        now  ok",
  "",
  "desk-1: 1,500 sent = 1,500 stored + 0 equal + 0 lost",
];

Deno.test("matchLines() takes other amounts in columns of other widths", () => {
  const actual = [
    "client           offset  ppm    delay  last seen  verdict",
    "desk-1  +1.2 ms ± 91 ns  0.3  1.75 ms  1.4 s ago  ok",
    "",
    "desk-1: 987 sent = 987 stored + 0 equal + 0 lost",
  ];
  assert.equal(matchLines(TABLE, actual), undefined);
});

Deno.test("matchLines() finds a renamed column, a changed sentence, a missing, a new and a moved line", () => {
  const [head = "", row = "", empty = "", sum = ""] = TABLE;
  const wrong: readonly (readonly string[])[] = [
    [head.replace("delay", "rtt"), row, empty, sum],
    [head.replace("offset   ppm", "ppm   offset"), row, empty, sum],
    [head, row.replace("  -4.3", ""), empty, sum],
    [head, row, empty, sum.replace("equal", "same")],
    [head, row, empty, sum.replace("0 lost", "1 lost")],
    [head, row, sum],
    [head, empty, sum],
    [head, row, empty],
    [head, row, empty, sum, "one more"],
    [row, head, empty, sum],
    [],
  ];
  for (const actual of wrong) assert(matchLines(TABLE, actual) !== undefined, actual.join("\n"));
});

Deno.test("matchLines() takes ... for any lines, and one row of a histogram for one or more", () => {
  const printed = ["first", "...", "last", "20.0 us -  1325 ████", "50.0 us -  800 ▉"];
  assert.equal(matchLines(printed, ["first", "last", " 100 us - 3 █"]), undefined);
  assert.equal(matchLines(printed, ["first", "a", "last", "b", "last", "1.00 s - 3 █"]), undefined);
  assert(matchLines(printed, ["first", "a", "last"]) !== undefined, "no row");
  assert(matchLines(printed, ["first", "a", "last", "1.00 s - 3 █", "b"]) !== undefined);
  assert(matchLines(printed, ["a", "last", "1.00 s - 3 █"]) !== undefined);
});

Deno.test("matchLines() takes a text that is broken elsewhere, and none that is broken at will", () => {
  const printed = [
    "slow answers (over three times the median): 1,407; what they waited for: client",
    "0%, server 100%, path 0%",
  ];
  const actual = [
    "slow answers (over three times the median): 271; what they waited for: client 5%,",
    "server 95%, path 0%",
  ];
  assert.equal(matchLines(printed, [actual[0]?.slice(0, -4) ?? "", `5%, ${actual[1]}`]), undefined);
  assert.equal(matchLines(printed, actual), undefined);
  assert.equal(matchLines(["a b", "c"], ["a b", "c"]), undefined);
  assert(matchLines(["a b", "c"], ["a", "b c"]) !== undefined);
});

Deno.test("matchLines() finds each word that is changed and each line that is missing in the README", () => {
  let words = 0;
  let missing = 0;
  for (
    const { id, steps } of consoleBlocks(
      "README.md",
      Deno.readTextFileSync(fromSource("README.md")),
    )
  ) {
    for (const { output } of steps) {
      assert.equal(matchLines(output, output), undefined, id);
      for (const [at, line] of output.entries()) {
        if (line === "..." || mask(line) === HISTOGRAM) continue;
        // Beside `...` and among lines that are alike nothing can be said to be missing.
        const isTold = ![output[at - 1], output[at + 1]].includes("...");
        if (isTold && !(at === output.length - 1 && line === "")) {
          const less = output.filter((_, i) => i !== at);
          assert(matchLines(output, less) !== undefined, `${id}: without ${line}`);
          missing++;
        }
        for (const { 0: word, index } of line.matchAll(/\p{L}{3,}/gu)) {
          const changed = `${line.slice(0, index)}${word}x${line.slice(index + word.length)}`;
          const lines = output.with(at, changed);
          assert(matchLines(output, lines) !== undefined, `${id}: ${changed}`);
          words++;
        }
      }
    }
  }
  assert(words > 500 && missing > 100, `${words} words, ${missing} lines`);
});
