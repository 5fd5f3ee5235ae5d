import assert from "node:assert/strict";
import { type Proposals, propose } from "../../lib/completion/propose.ts";
import { tinyProgram } from "../config/tiny_program.ts";
import { FakeRoom } from "../fake_context.ts";

/** What the small program proposes for a line. */
async function proposals(line: string): Promise<readonly string[] | "files"> {
  const all: Proposals[] = [];
  const { exitCode } = new FakeRoom().run([], {}, undefined, async (_args, context) => {
    all.push(await propose(tinyProgram, context, line.split(" ")));
  });
  await exitCode;
  const [found = []] = all;
  return found === "files" ? found : found.map(({ text }) => text);
}

for (
  const [line, expected] of [
    ["tiny run ", "files"],
    ["tiny run --size 5 ", "files"],
    ["tiny run -m 5 x", "files"],
    ["tiny run --size=5 --json x", "files"],
    ["tiny run -- ", "files"],
    ["tiny run --log x", "files"],
    ["tiny run -- a ", []],
    ["tiny run --of ", ["response", "service"]],
    ["tiny run --of r", ["response"]],
    ["tiny run --of=s", ["--of=service"]],
    ["tiny run --of response --o", []],
    ["tiny run --upper_limit ", []],
    ["tiny run --up", []],
    ["tiny run a --of response --ma", ["--max-count"]],
  ] as const
) {
  Deno.test(`propose() of "${line}" is [${expected}]`, async () => {
    assert.deepEqual(await proposals(line), expected);
  });
}

Deno.test("propose() counts arguments without the values of options", async () => {
  for (const line of ["tiny run a ", "tiny run --size 5 a ", "tiny run a -m 5 "]) {
    assert.notEqual(await proposals(line), "files", line);
  }
});
