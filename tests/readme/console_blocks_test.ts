import assert from "node:assert/strict";
import { consoleBlocks } from "./console_blocks.ts";

Deno.test("consoleBlocks() finds commands of one line and of several, and what each printed", () => {
  const markdown = [
    "# top",
    "```sh",
    "# no heading",
    "$ nothing",
    "```",
    "```console",
    "screen",
    "$ one",
    "out",
    "",
    "more",
    '$ two "a',
    'b" |',
    "  three",
    "$ four",
    "```",
    "```console",
    "$ five",
    "```",
    "## next",
    "```console",
    "$ six 'it\"s' \\",
    "  --seven",
    "```",
  ].join("\n");
  assert.deepEqual(consoleBlocks("a.md", markdown), [
    {
      id: "a.md: top 1",
      line: 6,
      before: ["screen"],
      steps: [
        { command: "one", output: ["out", "", "more"] },
        { command: 'two "a\nb" |\n  three', output: [] },
        { command: "four", output: [] },
      ],
    },
    { id: "a.md: top 2", line: 17, before: [], steps: [{ command: "five", output: [] }] },
    {
      id: "a.md: next 1",
      line: 21,
      before: [],
      steps: [{ command: "six 'it\"s' \\\n  --seven", output: [] }],
    },
  ]);
});
